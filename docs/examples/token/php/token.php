<?php
// Signs a Gridtube token: php token.php SITE SUBJECT [SIZES]

/**
 * $secret is the text of the site's secret file; $subject your own id of the visitor (1 to 64 of
 * A-Z a-z 0-9 _ -); $sizes such as "small+mid", or "" for all that the site allows.
 */
function gridtube_token(string $secret, string $site, string $subject, string $sizes = ''): string
{
    $plain = fn (string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $expiry = time() + 4 * 60; // five minutes are the limit
    $nonce = $plain(random_bytes(16));
    $signed = "v1.$site.$subject.$expiry.$nonce.$sizes";
    return $signed . '.' . $plain(hash_hmac('sha256', $signed, $secret, true));
}

if (PHP_SAPI === 'cli') {
    $secret = trim(file_get_contents(getenv('GRIDTUBE_SECRET_FILE')));
    echo gridtube_token($secret, $argv[1], $argv[2], $argv[3] ?? ''), "\n";
}
