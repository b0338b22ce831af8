//! A twin that is connected to a relay and answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tfgrid::identity::Identity;
use tfgrid::rmb::{Address, Dial, Envelope, Message, RelayUrl, Token};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::clock::expect;
use crate::{Book, Relay, unix_now};

/// What a twin says to a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// An answer.
    Answer(Value),
    /// An error: a code, and words.
    Refuse(u32, String),
}

/// Says what is answered.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// To the twin that asks, whose signature has been checked. The payload has been opened.
    async fn handle(&self, from: u32, command: &str, payload: &[u8]) -> Reply;
}

/// What is wrong with each answer, until it is said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// There is none, and nothing is done.
    Deaf,
    /// There is none, but what is asked for is done.
    Mute,
    /// It is not encrypted.
    Plain,
    /// It is signed by somebody else.
    WrongSignature,
    /// It is encrypted for another key.
    WrongKey,
    /// It was changed after it was signed.
    Changed,
    /// It comes twice.
    Twice,
    /// It is no JSON.
    NoJson,
}

/// A connected twin.
pub struct Peer {
    inside: Arc<Inside>,
    _task: JoinSet<()>,
}

struct Inside {
    twin: u32,
    identity: Arc<Identity>,
    book: Book,
    handler: Box<dyn Handler>,
    quirk: Mutex<Option<Quirk>>,
    held: Mutex<Option<Vec<Envelope>>>,
    seen: Mutex<VecDeque<Envelope>>,
    arrivals: Notify,
    out: mpsc::UnboundedSender<Envelope>,
}

impl Peer {
    /// Connects a twin of the book to a relay over a socket, and keeps it connected.
    pub async fn start(
        book: &Book,
        relay: &Relay,
        twin: u32,
        identity: Arc<Identity>,
        handler: impl Handler,
    ) -> Self {
        Self::start_over(book, relay, relay.plain(), twin, identity, handler).await
    }

    /// The same, over bytes in memory.
    pub async fn start_in_memory(
        book: &Book,
        relay: &Relay,
        twin: u32,
        identity: Arc<Identity>,
        handler: impl Handler,
    ) -> Self {
        Self::start_over(book, relay, relay.in_memory(), twin, identity, handler).await
    }

    async fn start_over(
        book: &Book,
        relay: &Relay,
        dial: Arc<dyn Dial>,
        twin: u32,
        identity: Arc<Identity>,
        handler: impl Handler,
    ) -> Self {
        let (out, outgoing) = mpsc::unbounded_channel();
        let inside = Arc::new(Inside {
            twin,
            identity,
            book: book.clone(),
            handler: Box::new(handler),
            quirk: Mutex::default(),
            held: Mutex::default(),
            seen: Mutex::default(),
            arrivals: Notify::new(),
            out,
        });
        let mut task = JoinSet::new();
        task.spawn(keep(Arc::clone(&inside), dial, relay.url(), outgoing));
        relay.wait_for(twin, true).await;
        Self {
            inside,
            _task: task,
        }
    }

    /// Its number.
    pub fn twin(&self) -> u32 {
        self.inside.twin
    }

    /// What is wrong with its answers from now on.
    pub fn quirk(&self, quirk: impl Into<Option<Quirk>>) {
        *self.inside.quirk.lock().unwrap() = quirk.into();
    }

    /// Keeps its answers to itself from now on.
    pub fn hold(&self) {
        self.inside.held.lock().unwrap().get_or_insert_default();
    }

    /// Sends what was held, the last first, and holds nothing any more.
    pub fn release(&self) {
        let held = self.inside.held.lock().unwrap().take();
        for envelope in held.unwrap_or_default().into_iter().rev() {
            self.send(envelope);
        }
    }

    /// How many answers are held.
    pub fn held(&self) -> usize {
        self.inside
            .held
            .lock()
            .unwrap()
            .as_ref()
            .map_or(0, Vec::len)
    }

    /// The next question that came, read or not.
    pub async fn seen(&self) -> Envelope {
        let next = async {
            loop {
                let change = self.inside.arrivals.notified();
                if let Some(envelope) = self.inside.seen.lock().unwrap().pop_front() {
                    return envelope;
                }
                change.await;
            }
        };
        expect("a question", next).await
    }

    /// How many questions came that [`Peer::seen`] has not told.
    pub fn unseen(&self) -> usize {
        self.inside.seen.lock().unwrap().len()
    }

    /// Sends this as it is, and signed.
    pub fn send_signed(&self, mut envelope: Envelope) {
        envelope.source = Some(Address::twin(self.inside.twin));
        envelope.timestamp = unix_now();
        envelope.expiration = 60;
        envelope.sign(&self.inside.identity);
        self.send(envelope);
    }

    fn send(&self, envelope: Envelope) {
        self.inside.out.send(envelope).expect("the task runs");
    }
}

async fn keep(
    inside: Arc<Inside>,
    dial: Arc<dyn Dial>,
    relay: RelayUrl,
    mut outgoing: mpsc::UnboundedReceiver<Envelope>,
) {
    let mut work = JoinSet::new();
    loop {
        let token = Token {
            twin: inside.twin,
            issued: unix_now(),
            expires: unix_now() + 60,
            session: None,
        };
        let url = format!("{relay}/?{}", token.sign(&inside.identity));
        let stream = dial.dial(&relay).await.expect("the relay is there");
        let Ok((mut socket, _)) = client_async(url, stream).await else {
            // A relay that refuses: a test says until when.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        loop {
            tokio::select! {
                frame = socket.next() => match frame {
                    Some(Ok(Frame::Binary(frame))) => {
                        let envelope = Envelope::decode(&frame).expect("an envelope");
                        work.spawn(Arc::clone(&inside).receive(envelope));
                    }
                    Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                    _ => break,
                },
                Some(envelope) = outgoing.recv() => {
                    if socket.send(Frame::binary(envelope.encode())).await.is_err() {
                        break;
                    }
                }
                Some(done) = work.join_next() => done.expect("a handler does not panic"),
            }
        }
    }
}

impl Inside {
    /// In the order of a node: who, signature, payload, command. What cannot be verified is not
    /// answered.
    async fn receive(self: Arc<Self>, envelope: Envelope) {
        let quirk = *self.quirk.lock().unwrap();
        self.seen.lock().unwrap().push_back(envelope.clone());
        self.arrivals.notify_one();
        let Some(Message::Request(request)) = &envelope.message else {
            return;
        };
        let from = envelope.source.as_ref().map_or(0, |source| source.twin);
        let Some(asking) = self.book.get(from) else {
            return;
        };
        if quirk == Some(Quirk::Deaf)
            || envelope.verify(&asking.account).is_err()
            || envelope.is_expired(unix_now())
            || envelope.schema.as_deref() != Some(tfgrid::rmb::SCHEMA)
        {
            return;
        }
        let ours = self.identity.message_key();
        // Without a key of its own on the chain, nobody could open what it seals.
        let has_key = self.book.get(self.twin).is_some_and(|us| us.key.is_some());
        let theirs = asking.key.filter(|_| has_key);
        let shared = theirs.map(|key| ours.shared(&key).expect("a key"));
        let mut answer = match envelope.open(shared.as_ref()) {
            Ok(payload) => match self.handler.handle(from, &request.command, &payload).await {
                Reply::Answer(value) => {
                    let mut answer = envelope.response();
                    let text = match quirk {
                        Some(Quirk::NoJson) => "no JSON".to_owned(),
                        _ => value.to_string(),
                    };
                    match (&shared, quirk) {
                        (None, _) | (_, Some(Quirk::Plain)) => answer.say(text),
                        (_, Some(Quirk::WrongKey)) => {
                            let wrong = ours.shared(&ours.public()).expect("a key");
                            answer.seal(&wrong, text.as_bytes()).expect("randomness");
                        }
                        (Some(key), _) => answer.seal(key, text.as_bytes()).expect("randomness"),
                    }
                    answer
                }
                Reply::Refuse(code, words) => envelope.failure(code, words),
            },
            Err(error) => envelope.failure(106, error.to_string()),
        };
        (answer.timestamp, answer.expiration) = (unix_now(), 60);
        answer.source = Some(Address::twin(self.twin));
        match quirk {
            Some(Quirk::WrongSignature) => {
                let other = Identity::new("//Mallory", self.identity.scheme()).expect("a secret");
                answer.sign(&other);
            }
            _ => answer.sign(&self.identity),
        }
        match quirk {
            Some(Quirk::Mute) => return,
            Some(Quirk::Changed) => answer.timestamp += 1,
            Some(Quirk::Twice) => self.out.send(answer.clone()).expect("the task runs"),
            _ => {}
        }
        match &mut *self.held.lock().unwrap() {
            Some(held) => held.push(answer),
            None => self.out.send(answer).expect("the task runs"),
        }
    }
}
