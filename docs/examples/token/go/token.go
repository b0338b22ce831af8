// Signs a Gridtube token: go run token.go SITE SUBJECT [SIZES]
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

// Token signs one. The secret is the text of the site's secret file; the subject is your own id of the
// visitor (1 to 64 of A-Z a-z 0-9 _ -); sizes are such as "small+mid", or "" for all that the site allows.
func Token(secret, site, subject, sizes string) (string, error) {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	expiry := time.Now().Add(4 * time.Minute).Unix() // five minutes are the limit
	nonce := base64.RawURLEncoding.EncodeToString(random)
	signed := fmt.Sprintf("v1.%s.%s.%d.%s.%s", site, subject, expiry, nonce, sizes)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}

func main() {
	secret, err := os.ReadFile(os.Getenv("GRIDTUBE_SECRET_FILE"))
	if err != nil {
		log.Fatal(err)
	}
	arguments := append(os.Args[1:], "")
	token, err := Token(strings.TrimSpace(string(secret)), arguments[0], arguments[1], arguments[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
