//! Signs a Gridtube token: cargo run -- SITE SUBJECT [SIZES]

use std::time::{Duration, SystemTime};

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// `secret` is the text of the site's secret file; `subject` your own id of the visitor (1 to 64 of
/// A-Z a-z 0-9 _ -); `sizes` such as "small+mid", or "" for all that the site allows.
pub fn token(
    secret: &str,
    site: &str,
    subject: &str,
    sizes: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    // Five minutes are the limit.
    let until = SystemTime::now() + Duration::from_secs(4 * 60);
    let expiry = until.duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let nonce = Base64UrlUnpadded::encode_string(&random);
    let signed = format!("v1.{site}.{subject}.{expiry}.{nonce}.{sizes}");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(signed.as_bytes());
    let mac = Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes());
    Ok(format!("{signed}.{mac}"))
}

pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = std::fs::read_to_string(std::env::var("GRIDTUBE_SECRET_FILE")?)?;
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().unwrap_or_default();
    println!("{}", token(secret.trim(), &next(), &next(), &next())?);
    Ok(())
}
