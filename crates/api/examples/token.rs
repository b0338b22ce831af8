//! Signs a token: `token <secret file> <site> <subject> [sizes]`.

use std::{
    env, fs,
    time::{SystemTime, UNIX_EPOCH},
};

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn token(secret: &[u8], site: &str, subject: &str, sizes: &str) -> anyhow::Result<String> {
    let expiry = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() + 240;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce)?;
    let nonce = Base64UrlUnpadded::encode_string(&nonce);
    let signed = format!("v1.{site}.{subject}.{expiry}.{nonce}.{sizes}");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)?;
    mac.update(signed.as_bytes());
    let mac = Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes());
    Ok(format!("{signed}.{mac}"))
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [file, site, subject, sizes @ ..] = &words[..] else {
        anyhow::bail!("token <secret file> <site> <subject> [sizes]");
    };
    let sizes = sizes.first().map_or("", String::as_str);
    let secret = fs::read_to_string(file)?;
    println!("{}", token(secret.trim().as_bytes(), site, subject, sizes)?);
    Ok(())
}
