//! Questions to a service over HTTP: several addresses, one deadline each, no more than so many
//! bytes, JSON.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// For one address, from connecting to the last byte.
const DEADLINE: Duration = Duration::from_secs(20);

/// A thousand nodes are less than 2 MiB.
const LARGEST: usize = 16 << 20;

/// Why a service gave no answer, or none that helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// None of its addresses answers, or not in time.
    #[error(
        "the {service} does not answer ({why}); try again, and check the network and the address in \
         the settings"
    )]
    Unreachable {
        /// `directory` or `verification service`.
        service: &'static str,
        /// Each address and what is wrong with it.
        why: String,
    },
    /// It says no.
    #[error(
        "the {service} refuses `{path}` ({status}: {words}); see what it says, and whether the \
         address in the settings is that of a {service}"
    )]
    Refused {
        /// As above.
        service: &'static str,
        /// What was asked.
        path: String,
        /// The HTTP status.
        status: u16,
        /// In its own words.
        words: String,
    },
    /// It answers something else than it should.
    #[error(
        "the {service} answers `{path}` in a way that is not understood ({why}); see whether the \
         address in the settings is that of a {service}, or take a newer release of this program"
    )]
    NotUnderstood {
        /// As above.
        service: &'static str,
        /// What was asked.
        path: String,
        /// Where, and what was expected.
        why: String,
    },
}

impl ServiceError {
    /// Whether the same question may be answered later, with nothing changed by us.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// A service at one or more addresses, all of which know the same.
#[derive(Clone)]
pub(crate) struct Service {
    name: &'static str,
    bases: Arc<[Url]>,
    /// The address that answered last.
    good: Arc<AtomicUsize>,
    http: reqwest::Client,
}

/// A good answer.
pub(crate) struct Answer {
    service: &'static str,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Service {
    pub(crate) fn new(name: &'static str, bases: &[&str]) -> Result<Self, Error> {
        if bases.is_empty() {
            return Err(Error::Rule {
                at: format!("the {name}"),
                remedy: "name at least one address".into(),
            });
        }
        let bases = bases.iter().map(|base| parse(name, base));
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(DEADLINE)
            .build()
            .map_err(|error| Error::Tls(chain(&error)))?;
        Ok(Self {
            name,
            bases: bases.collect::<Result<_, _>>()?,
            good: Arc::default(),
            http,
        })
    }

    /// `None` for 404. An address that does not answer, or is in trouble itself, makes room for the
    /// next one.
    pub(crate) async fn get(
        &self,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Option<Answer>, ServiceError> {
        let first = self.good.load(Ordering::Relaxed);
        let mut trouble = Vec::new();
        for at in (0..self.bases.len()).map(|n| (first + n) % self.bases.len()) {
            let base = &self.bases[at];
            match self.ask(base, path, query).await {
                Ok((status, headers, body)) if status == StatusCode::OK => {
                    self.good.store(at, Ordering::Relaxed);
                    return Ok(Some(Answer {
                        service: self.name,
                        path: path.to_owned(),
                        headers,
                        body,
                    }));
                }
                Ok((status, ..)) if status == StatusCode::NOT_FOUND => return Ok(None),
                Ok((status, _, body))
                    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS =>
                {
                    trouble.push(format!("{base}: {}: {}", status.as_u16(), words(&body)));
                }
                Ok((status, _, body)) => {
                    return Err(ServiceError::Refused {
                        service: self.name,
                        path: path.to_owned(),
                        status: status.as_u16(),
                        words: words(&body),
                    });
                }
                Err(why) => trouble.push(format!("{base}: {why}")),
            }
        }
        Err(ServiceError::Unreachable {
            service: self.name,
            why: trouble.join(", "),
        })
    }

    async fn ask(
        &self,
        base: &Url,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), String> {
        let mut url = base.clone();
        url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut response = self.http.get(url).send().await.map_err(|e| chain(&e))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|e| chain(&e))? {
            if body.len() + part.len() > LARGEST {
                return Err(format!("more than {} MiB", LARGEST >> 20));
            }
            body.extend_from_slice(&part);
        }
        Ok((status, headers, body))
    }
}

impl Answer {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ServiceError> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let at = error.path().to_string();
            match at.as_str() {
                "." => self.not_understood(error.inner()),
                _ => self.not_understood(format!("{at}: {}", error.inner())),
            }
        })?;
        json.end().map_err(|error| self.not_understood(error))?;
        Ok(value)
    }

    /// A header that holds a number, if it is there.
    pub(crate) fn number(&self, header: &'static str) -> Result<Option<u64>, ServiceError> {
        let Some(value) = self.headers.get(header) else {
            return Ok(None);
        };
        let number = value.to_str().ok().and_then(|text| text.parse().ok());
        let wrong = || self.not_understood(format!("the header `{header}` is no number"));
        number.map(Some).ok_or_else(wrong)
    }

    pub(crate) fn not_understood(&self, why: impl ToString) -> ServiceError {
        ServiceError::NotUnderstood {
            service: self.service,
            path: self.path.clone(),
            why: why.to_string(),
        }
    }
}

/// Without TLS for this machine only.
fn parse(name: &str, base: &str) -> Result<Url, Error> {
    let wrong = |remedy: &str| Error::Rule {
        at: format!("the {name} `{base}`"),
        remedy: remedy.into(),
    };
    let url = Url::parse(base).map_err(|_| wrong("write it like `https://example.org`"))?;
    let here = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
        None => return Err(wrong("write it like `https://example.org`")),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && here) {
        return Err(wrong("it must start with `https://`"));
    }
    let bare = url.username().is_empty() && url.password().is_none();
    if !bare || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("leave out user, `?` and `#`"));
    }
    Ok(url)
}

/// `{"error": "…"}`, or the start of whatever it is.
fn words(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        error: String,
    }
    let text = match serde_json::from_slice::<Said>(body) {
        Ok(said) => said.error,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let line: Vec<&str> = text.split_whitespace().collect();
    let short: String = line.join(" ").chars().take(200).collect();
    if short.is_empty() {
        return "no words".into();
    }
    short
}

/// reqwest's own text says only where it failed; the reason is further in.
fn chain(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.is_timeout() {
        return format!("no answer within {} s", DEADLINE.as_secs());
    }
    innermost.to_string()
}
