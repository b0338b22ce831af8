package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"time"
)

func token(secret []byte, site, subject, sizes string) string {
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		log.Fatal(err)
	}
	expiry := time.Now().Unix() + 240
	signed := fmt.Sprintf("v1.%s.%s.%d.%s.%s", site, subject, expiry, hex.EncodeToString(nonce), sizes)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func main() {
	secret, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	sizes := ""
	if len(os.Args) > 4 {
		sizes = os.Args[4]
	}
	fmt.Println(token(bytes.TrimSpace(secret), os.Args[2], os.Args[3], sizes))
}
