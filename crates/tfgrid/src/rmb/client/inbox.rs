//! Questions that are open: what has to be sent, who waits, and which answers are believed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};
use zeroize::Zeroizing;

use super::{BusError, Peer};
use crate::identity::SharedKey;
use crate::rmb::{Envelope, Message, Refusal};

/// What a payload is once it is believed and open.
pub(super) type Answer = Zeroizing<Vec<u8>>;

/// All open questions of one client.
#[derive(Default)]
pub(super) struct Inbox {
    open: Mutex<Open>,
    /// Rings when there is something to send.
    pub(super) news: Notify,
}

#[derive(Default)]
struct Open {
    waiting: HashMap<String, Waiting>,
    /// Which of them have not been sent.
    unsent: VecDeque<String>,
}

struct Waiting {
    expected: Arc<Expected>,
    frame: Vec<u8>,
    /// The relay it went to last.
    sent_by: Option<usize>,
    repeat: bool,
    doubt: Option<String>,
    answer: oneshot::Sender<Result<Answer, BusError>>,
}

/// Whose answer is believed.
pub(super) struct Expected {
    /// We.
    pub(super) us: u32,
    /// The one who was asked.
    pub(super) twin: u32,
    pub(super) peer: Peer,
    /// What we share with him, when he has a key.
    pub(super) key: Option<SharedKey>,
}

/// A question that is open as long as this lives.
pub(super) struct Ticket<'a> {
    inbox: &'a Inbox,
    uid: String,
    answer: oneshot::Receiver<Result<Answer, BusError>>,
}

impl Inbox {
    /// Opens a question. With `repeat` it is sent once more when the connection breaks on which it
    /// was sent.
    pub(super) fn post(&self, envelope: &Envelope, expected: Expected, repeat: bool) -> Ticket<'_> {
        let (answer, receiver) = oneshot::channel();
        let uid = envelope.uid.clone();
        let waiting = Waiting {
            expected: Arc::new(expected),
            frame: envelope.encode(),
            sent_by: None,
            repeat,
            doubt: None,
            answer,
        };
        let mut open = self.lock();
        open.waiting.insert(uid.clone(), waiting);
        open.unsent.push_back(uid.clone());
        drop(open);
        self.news.notify_one();
        Ticket {
            inbox: self,
            uid,
            answer: receiver,
        }
    }

    /// The next frame to send; it counts as sent by that relay from now on.
    pub(super) fn next(&self, relay: usize) -> Option<Vec<u8>> {
        let mut open = self.lock();
        loop {
            let uid = open.unsent.pop_front()?;
            // Nobody waits for it any more? Then the next.
            if let Some(waiting) = open.waiting.get_mut(&uid) {
                waiting.sent_by = Some(relay);
                return Some(waiting.frame.clone());
            }
        }
    }

    /// A relay is gone: what was sent there and may be sent again is to be sent.
    pub(super) fn broken(&self, relay: usize) {
        let mut open = self.lock();
        let again: Vec<String> = open
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.repeat && waiting.sent_by == Some(relay))
            .map(|(uid, _)| uid.clone())
            .collect();
        for uid in &again {
            if let Some(waiting) = open.waiting.get_mut(uid) {
                // Still counts as having left.
                waiting.sent_by = Some(usize::MAX);
            }
        }
        open.unsent.extend(again);
        drop(open);
        self.news.notify_one();
    }

    /// Takes what a relay brings. What is no answer to an open question is dropped; what claims to be
    /// one and cannot be believed is remembered as a doubt, and the question stays open: anybody
    /// can write to us.
    pub(super) fn receive(&self, frame: &[u8]) {
        let envelope = match Envelope::decode(frame) {
            Ok(envelope) => envelope,
            Err(error) => return tracing::debug!(%error, "a relay sent what is no message"),
        };
        let uid = &envelope.uid;
        let Some(expected) = self
            .lock()
            .waiting
            .get(uid)
            .map(|w| Arc::clone(&w.expected))
        else {
            return tracing::debug!(uid, "a message that nobody waits for");
        };
        match expected.judge(&envelope) {
            Verdict::Settled(result) => {
                if let Some(waiting) = self.lock().waiting.remove(uid) {
                    // Whoever has left meanwhile needs no answer.
                    let _ = waiting.answer.send(result);
                }
            }
            Verdict::Doubtful(doubt) => {
                tracing::warn!(uid, doubt, "an answer that is not believed");
                if let Some(waiting) = self.lock().waiting.get_mut(uid) {
                    waiting.doubt = Some(doubt);
                }
            }
        }
    }

    /// A panic elsewhere leaves nothing half done here.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket<'_> {
    /// Waits for the answer, or for the relay's or the twin's refusal.
    pub(super) async fn answer(&mut self) -> Result<Answer, BusError> {
        match (&mut self.answer).await {
            Ok(result) => result,
            // The sender lives in the inbox as long as this does.
            Err(_) => std::future::pending().await,
        }
    }

    /// `None` when it has not even left; else what came instead of an answer.
    pub(super) fn left(&self) -> Option<Option<String>> {
        let open = self.inbox.lock();
        let waiting = open.waiting.get(&self.uid)?;
        waiting.sent_by.map(|_| waiting.doubt.clone())
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut open = self.inbox.lock();
        open.waiting.remove(&self.uid);
        open.unsent.retain(|uid| *uid != self.uid);
    }
}

enum Verdict {
    Settled(Result<Answer, BusError>),
    Doubtful(String),
}

impl Expected {
    /// The sender's own expiry is not looked at: what is signed and answers an open question is
    /// welcome, whatever the other clock says.
    fn judge(&self, envelope: &Envelope) -> Verdict {
        use Verdict::{Doubtful, Settled};
        let twin = envelope.source.as_ref().map_or(0, |source| source.twin);
        match (&envelope.message, twin) {
            // A relay takes envelopes from connected twins only, and holds the source against the
            // token; so what has none is its own.
            (Some(Message::Error(_)), 0) => {
                return Settled(Err(refusal(envelope)));
            }
            (Some(Message::Error(_) | Message::Response(_)), _) => {}
            _ => return Doubtful(format!("twin {twin} sent no answer with the same uid")),
        }
        if twin != self.twin {
            return Doubtful(format!("twin {twin} answered in its place"));
        }
        if envelope.destination.as_ref().map(|d| d.twin) != Some(self.us) {
            return Doubtful("it answered somebody else".into());
        }
        if let Err(error) = envelope.verify(&self.peer.account) {
            return Doubtful(error.to_string());
        }
        if matches!(envelope.message, Some(Message::Error(_))) {
            return Settled(Err(refusal(envelope)));
        }
        // Signed but in the clear: a node that has not learned our key yet.
        Settled(envelope.open(self.key.as_ref()).map_err(BusError::from))
    }
}

fn refusal(envelope: &Envelope) -> BusError {
    Refusal::of(envelope).map_or_else(
        || {
            BusError::Refused(Refusal::Other {
                code: 0,
                text: "no reason was given".into(),
            })
        },
        BusError::from,
    )
}
