import base64, hashlib, hmac, secrets, sys, time


def token(secret: bytes, site: str, subject: str, sizes: str = "") -> str:
    expiry = int(time.time()) + 240
    signed = f"v1.{site}.{subject}.{expiry}.{secrets.token_hex(16)}.{sizes}"
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        print(token(file.read().strip(), *sys.argv[2:]))
