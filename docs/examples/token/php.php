<?php
function token(string $secret, string $site, string $subject, string $sizes = ""): string {
    $expiry = time() + 240;
    $nonce = bin2hex(random_bytes(16));
    $signed = "v1.$site.$subject.$expiry.$nonce.$sizes";
    $mac = base64_encode(hash_hmac("sha256", $signed, $secret, true));
    return $signed . "." . rtrim(strtr($mac, "+/", "-_"), "=");
}

echo token(trim(file_get_contents($argv[1])), $argv[2], $argv[3], $argv[4] ?? ""), "\n";
