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
mod upgrade;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

pub use dial::{Dial, RelayUrl, Sockets, Wire};
pub use error::BusError;
pub use peers::{Peer, Peers};

use crate::Error;
use crate::identity::Identity;
use crate::rmb::{Address, Envelope};
use inbox::{Expected, Inbox};

/// Who we are, and how others are reached.
pub struct Settings {
    /// Our account.
    pub identity: Arc<Identity>,
    /// Our twin.
    pub twin: u32,
    /// Our twin's relays, those that stand on the chain.
    pub relays: Vec<RelayUrl>,
    /// The keys of the others.
    pub peers: Arc<dyn Peers>,
    /// What opens sockets.
    pub dial: Arc<dyn Dial>,
    /// Seconds of Unix time. The other end judges by it whether a message is too old.
    pub now: fn() -> u64,
    /// Pauses and limits.
    pub pace: Pace,
}

impl Settings {
    /// With sockets that trust what the platform trusts, the system's clock and the usual pace.
    ///
    /// # Errors
    /// [`Error::Tls`] when the platform's certificates cannot be used.
    pub fn new(
        identity: Arc<Identity>,
        twin: u32,
        relays: Vec<RelayUrl>,
        peers: Arc<dyn Peers>,
    ) -> Result<Self, Error> {
        Ok(Self {
            identity,
            twin,
            relays,
            peers,
            dial: Arc::new(Sockets::new(Vec::new())?),
            now: unix_now,
            pace: Pace::default(),
        })
    }
}

/// How a socket is kept. The default is that of ThreeFold's own client in Go, with longer pauses
/// when a relay stays away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long connecting may take.
    pub connect: Duration,
    /// Between two pings.
    pub ping: Duration,
    /// After how much silence a socket is given up.
    pub silence: Duration,
    /// Before a lost relay is tried again; doubles each time.
    pub first_pause: Duration,
    /// The longest pause; up to a quarter is added to each.
    pub longest_pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            silence: Duration::from_secs(40),
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// How long to wait for an answer, whether asking twice does harm, and who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// From the call on. It is the message's lifetime too, in whole seconds.
    pub deadline: Duration,
    /// Whether the same message may be sent again when a connection breaks.
    pub repeat: bool,
    /// Whether it is sent encrypted or not at all.
    pub sealed: bool,
}

impl Manner {
    /// A question that changes nothing: 20 seconds, as in ThreeFold's own client, and repeatable.
    pub const LOOK: Self = Self {
        deadline: Duration::from_secs(20),
        repeat: true,
        sealed: false,
    };

    /// The same, with another deadline.
    #[must_use]
    pub const fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// The same, sent once.
    #[must_use]
    pub const fn once(self) -> Self {
        Self {
            repeat: false,
            ..self
        }
    }

    /// The same, for what holds secrets.
    #[must_use]
    pub const fn sealed(self) -> Self {
        Self {
            sealed: true,
            ..self
        }
    }
}

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
        envelope.expiration = manner.deadline.as_secs().max(1);
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

/// A clock before 1970 is no clock.
fn unix_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
