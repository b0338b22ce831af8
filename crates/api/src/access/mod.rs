//! Who may deploy. The site's record decides, never `Origin` or `Referer`: those are what a client
//! says of itself.

pub mod invite;
pub mod token;

use order::api::Grant;

use crate::{
    config::{Site, SiteMode},
    store::{Admission, Pass},
};
use token::{Token, TokenError};

/// Why nobody may deploy with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The site asks for one.
    #[error("this site asks for {0}")]
    Missing(&'static str),
    /// The site asks for nothing, or for the other kind.
    #[error("this site takes {0}")]
    NotAsked(&'static str),
    /// The host's token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The size is not among those the token or the site allows.
    #[error("this size is not allowed here")]
    Size,
}

/// What the store still has to decide, with all others at once: that a pass is not used up, and that
/// the site's quotas are not.
///
/// # Errors
/// What can be told without the store.
pub fn admit(
    site: &Site,
    grant: Option<&Grant>,
    size: &str,
    now_ms: u64,
) -> Result<Admission, Refusal> {
    let (subject, pass, sizes) = match (site.mode, grant) {
        (SiteMode::Open, None) => (String::new(), Pass::None, vec![]),
        (SiteMode::Open, Some(_)) => {
            return Err(Refusal::NotAsked("orders without a grant: leave it null"));
        }
        (SiteMode::Invite, None) => return Err(Refusal::Missing("an invitation code")),
        (SiteMode::Token, None) => {
            return Err(Refusal::Missing(
                "a token, which the page around this form gives",
            ));
        }
        (SiteMode::Invite, Some(Grant::Invite(code))) => {
            let hash = invite::hash(code);
            (hash[..16].to_owned(), Pass::Invite(hash), vec![])
        }
        (SiteMode::Token, Some(Grant::Token(text))) => {
            let secrets: Vec<_> = site.secrets.iter().map(|s| s.as_bytes()).collect();
            let token = Token::read(text, &site.id, &secrets, now_ms / 1000)?;
            let pass = Pass::Nonce {
                nonce: token.nonce,
                // Kept as long as the token could be read again.
                until: (token.expiry + token::LONGEST) * 1000,
            };
            (token.subject, pass, token.sizes)
        }
        (SiteMode::Invite, Some(Grant::Token(_))) => {
            return Err(Refusal::NotAsked("an invitation code, not a token"));
        }
        (SiteMode::Token, Some(Grant::Invite(_))) => {
            return Err(Refusal::NotAsked("a token, not an invitation code"));
        }
    };
    let allowed = |sizes: &[String]| sizes.is_empty() || sizes.iter().any(|s| s == size);
    if !allowed(&sizes) || !allowed(&site.quota.sizes) {
        return Err(Refusal::Size);
    }
    Ok(Admission {
        subject,
        pass,
        quota: site.quota.clone(),
    })
}
