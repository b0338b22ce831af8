//! The bus with its sockets: questions to twins, over relays that are kept connected.
//!
//! A [`Client`] is one session of our twin. It holds a socket to each of its relays, because the
//! other end's relay may bring an answer to any of them; a question goes out over whichever is
//! connected. Broken sockets are opened again under the same session, so that answers which the
//! relay has kept meanwhile still arrive.
//!
//! A question has a deadline, and is sent once. One that may be repeated without harm is sent again,
//! the same bytes, when the connection breaks that it went over; the first answer counts.
//!
//! Only two things are believed: what the asked twin has signed, and a relay's own errors. All else
//! is a doubt, which is told when nothing better comes in time.

mod dial;
mod error;
mod inbox;
mod link;
mod peers;
mod remembered;
mod settings;
mod upgrade;

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

pub use dial::{Dial, RelayUrl, Sockets, Wire};
pub use error::BusError;
pub use peers::{Peer, Peers};
pub use remembered::Remembered;
pub use settings::{Manner, Pace, Settings};

use crate::Error;
use crate::rmb::{Address, Envelope};
use inbox::{Expected, Inbox};

/// How one relay stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayState {
    /// Which.
    pub relay: RelayUrl,
    /// Why it is not connected; `None` when it is.
    pub trouble: Option<String>,
}

/// One session of our twin on the bus. Cheap to clone; the sockets close with the last one.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    _links: Arc<JoinSet<()>>,
}

/// What questions and links have in common.
struct Shared {
    settings: Settings,
    /// Nobody else's, so that no other client of the same twin is kicked out.
    session: String,
    inbox: Inbox,
    trouble: Mutex<Vec<Option<String>>>,
}

impl Client {
    /// Starts to connect, in tasks of the current runtime. Returns at once: what is asked before a
    /// relay is connected waits.
    ///
    /// # Errors
    /// [`Error::Rule`] without a relay, [`Error::Randomness`].
    pub fn start(settings: Settings) -> Result<Self, Error> {
        if settings.relays.is_empty() {
            return Err(Error::Rule {
                at: "the relays".into(),
                remedy: "name at least one, like `relay.grid.tf`".into(),
            });
        }
        let count = settings.relays.len();
        let shared = Arc::new(Shared {
            session: random_hex::<5>()?,
            inbox: Inbox::default(),
            trouble: Mutex::new(vec![Some("not connected yet".into()); count]),
            settings,
        });
        let mut links = JoinSet::new();
        for number in 0..count {
            links.spawn(link::keep(Arc::clone(&shared), number));
        }
        Ok(Self {
            shared,
            _links: Arc::new(links),
        })
    }

    /// Our twin.
    #[must_use]
    pub fn twin(&self) -> u32 {
        self.shared.settings.twin
    }

    /// How each relay stands now.
    #[must_use]
    pub fn relays(&self) -> Vec<RelayState> {
        let trouble = self.shared.trouble();
        let relays = self.shared.settings.relays.iter().cloned();
        relays
            .zip(trouble.iter().cloned())
            .map(|(relay, trouble)| RelayState { relay, trouble })
            .collect()
    }

    /// Asks a twin, in JSON both ways; `&()` asks with `null`. Encrypted when the twin has a key.
    /// Dropping the future forgets the question; what was sent is sent.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn ask<A: DeserializeOwned>(
        &self,
        twin: u32,
        command: &str,
        question: &(impl Serialize + ?Sized),
        manner: Manner,
    ) -> Result<A, BusError> {
        let question = serde_json::to_vec(question).map_err(|error| BusError::NotUnderstood {
            twin,
            command: command.to_owned(),
            why: format!("the question is no JSON: {error}"),
        })?;
        let answer = self
            .exchange(twin, command, &Zeroizing::new(question), manner)
            .await?;
        serde_json::from_slice(&answer).map_err(|error| BusError::NotUnderstood {
            twin,
            command: command.to_owned(),
            why: shape(&error),
        })
    }

    /// Asks a twin, in bytes both ways.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn exchange(
        &self,
        twin: u32,
        command: &str,
        question: &[u8],
        manner: Manner,
    ) -> Result<Zeroizing<Vec<u8>>, BusError> {
        let Shared {
            settings, inbox, ..
        } = &*self.shared;
        let until = Instant::now() + manner.deadline;
        let unknown = |why| BusError::Peer { twin, why };
        let peer = timeout_at(until, settings.peers.peer(twin))
            .await
            .map_err(|_| unknown("the look-up takes too long".into()))?
            .map_err(unknown)?;
        let key = peer
            .key
            .map(|theirs| settings.identity.message_key().shared(&theirs))
            .transpose()?;

        let source = Address::session(settings.twin, &*self.shared.session);
        let mut envelope = Envelope::request(random_hex::<16>()?, source, twin, command);
        envelope.timestamp = (settings.now)();
        envelope.expiration = manner.seconds();
        match &key {
            Some(key) => envelope.seal(key, question)?,
            None if manner.sealed => return Err(BusError::InTheClear { twin }),
            None => envelope.say(question),
        }
        envelope.sign(&settings.identity);

        let expected = Expected {
            us: settings.twin,
            twin,
            peer,
            key,
        };
        let mut ticket = inbox.post(&envelope, expected, manner.repeat);
        match timeout_at(until, ticket.answer()).await {
            Ok(result) => result,
            Err(_) => Err(match ticket.left() {
                None => BusError::NotConnected {
                    why: self.shared.why_not(),
                },
                Some(doubt) => BusError::Silent {
                    twin,
                    command: command.to_owned(),
                    after: manner.deadline,
                    doubt,
                },
            }),
        }
    }
}

impl Shared {
    fn note(&self, number: usize, trouble: Option<String>) {
        if let Some(place) = self.trouble().get_mut(number) {
            *place = trouble;
        }
    }

    fn why_not(&self) -> String {
        let trouble = self.trouble();
        let each = self.settings.relays.iter().zip(trouble.iter());
        let each: Vec<String> = each
            .map(|(relay, why)| match why {
                Some(why) => format!("{relay}: {why}"),
                None => format!("{relay}: connected this moment"),
            })
            .collect();
        each.join(", ")
    }

    fn trouble(&self) -> std::sync::MutexGuard<'_, Vec<Option<String>>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the JSON differs, without the values in it: they may be secrets.
fn shape(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        serde_json::error::Category::Data => "another shape",
        _ => "no JSON",
    };
    format!("{kind} at line {}, column {}", error.line(), error.column())
}

fn random_hex<const N: usize>() -> Result<String, Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Randomness)?;
    Ok(hex::encode(bytes))
}
