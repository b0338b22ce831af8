"""Signs a Gridtube token: python3 token_example.py SITE SUBJECT [SIZES]"""

import base64
import hashlib
import hmac
import os
import secrets
import sys
import time


def token(secret: str, site: str, subject: str, sizes: str = "") -> str:
    """`secret` is the text of the site's secret file; `subject` your own id of the visitor (1 to 64 of
    A-Z a-z 0-9 _ -); `sizes` such as "small+mid", or "" for all that the site allows."""
    expiry = int(time.time()) + 4 * 60  # five minutes are the limit
    nonce = secrets.token_urlsafe(16)
    signed = f"v1.{site}.{subject}.{expiry}.{nonce}.{sizes}"
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


if __name__ == "__main__":
    with open(os.environ["GRIDTUBE_SECRET_FILE"]) as file:
        print(token(file.read().strip(), *sys.argv[1:]))
