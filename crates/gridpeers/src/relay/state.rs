//! A relay's sessions, and its way with messages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tfgrid::rmb::{Envelope, FAIL_FAST, Failure, Message, Nothing, Token, Wire};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use crate::{Book, unix_now};

/// A twin and which of its connections: messages for one never go to another.
pub(super) type Session = (u32, Option<String>);

pub(super) struct State {
    pub(super) book: Book,
    pub(super) inside: Mutex<Inside>,
    /// Rings at each change of who is connected.
    pub(super) arrivals: Notify,
    pub(super) muted: watch::Sender<bool>,
    pub(super) tasks: Mutex<JoinSet<()>>,
}

#[derive(Default)]
pub(super) struct Inside {
    pub(super) sessions: HashMap<Session, (usize, mpsc::UnboundedSender<Envelope>)>,
    pub(super) queues: HashMap<Session, Vec<Envelope>>,
    /// How many have ever come in.
    pub(super) upgrades: usize,
    pub(super) refuse: Option<u16>,
    /// How many more messages of a twin are routed.
    pub(super) allowance: HashMap<u32, usize>,
    /// How many messages are lost without a word.
    pub(super) lose: usize,
    /// How long each message is on its way.
    pub(super) latency: Duration,
    /// How many messages of twins came in.
    pub(super) routed: usize,
    /// How often somebody came, let in or not, and how often somebody waited for that.
    pub(super) attempts: usize,
    pub(super) attempts_told: usize,
}

impl State {
    pub(super) fn serve(self: &Arc<Self>, stream: impl Wire + 'static) {
        let state = Arc::clone(self);
        let mut tasks = self.tasks.lock().unwrap();
        tasks.spawn(async move { state.session(stream).await });
    }

    async fn session(self: &Arc<Self>, stream: impl Wire) {
        self.heard().await;
        let mut token = None;
        #[allow(clippy::result_large_err)] // the library's own shape
        let admit = |request: &Request, response: Response| {
            token = Some(self.admit(request.uri().query())?);
            Ok(response)
        };
        let Ok(mut socket) = accept_hdr_async(stream, admit).await else {
            return;
        };
        let token = token.expect("admitted");
        let session = (token.twin, token.session);
        let (number, mut outgoing) = self.enter(&session);
        loop {
            tokio::select! {
                biased;
                () = self.muted() => {
                    self.heard().await;
                    continue;
                }
                envelope = outgoing.recv() => match envelope {
                    Some(envelope) => {
                        if socket.send(Frame::binary(envelope.encode())).await.is_err() {
                            break;
                        }
                    }
                    // Kicked out by another of the same name, or cut.
                    None => break,
                },
                frame = socket.next() => match frame {
                    Some(Ok(Frame::Binary(frame))) => match Envelope::decode(&frame) {
                        Ok(envelope) => self.arrive(&session, envelope),
                        Err(_) => break,
                    },
                    Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                    _ => break,
                },
            }
        }
        self.leave(&session, number);
    }

    /// Returns when nothing may be heard.
    async fn muted(&self) {
        let mut muted = self.muted.subscribe();
        let _ = muted.wait_for(|muted| *muted).await;
    }

    /// Returns when something may be heard.
    async fn heard(&self) {
        let mut muted = self.muted.subscribe();
        let _ = muted.wait_for(|muted| !*muted).await;
    }

    #[allow(clippy::result_large_err)] // the library's own shape
    fn admit(&self, query: Option<&str>) -> Result<Token, ErrorResponse> {
        let refuse = |status: u16, why: &str| {
            let mut response = ErrorResponse::new(Some(why.to_owned()));
            *response.status_mut() = status.try_into().expect("a status");
            response
        };
        let mut inside = self.inside.lock().unwrap();
        inside.attempts += 1;
        let refused = inside.refuse;
        drop(inside);
        self.arrivals.notify_waiters();
        if let Some(status) = refused {
            return Err(refuse(status, "failed to get twin"));
        }
        let query = query.ok_or_else(|| refuse(400, "missing jwt"))?;
        let invalid = |_| refuse(401, "invalid jwt");
        let twin = Token::claimed_twin(query).map_err(invalid)?;
        let account = self.book.account(twin);
        let account = account.ok_or_else(|| refuse(401, "twin not found"))?;
        Token::verify(query, &account, unix_now()).map_err(invalid)
    }

    fn enter(&self, session: &Session) -> (usize, mpsc::UnboundedReceiver<Envelope>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut inside = self.inside.lock().unwrap();
        inside.upgrades += 1;
        let number = inside.upgrades;
        for envelope in inside.queues.remove(session).unwrap_or_default() {
            if !envelope.is_expired(unix_now()) {
                sender.send(envelope).expect("the receiver is here");
            }
        }
        inside.sessions.insert(session.clone(), (number, sender));
        drop(inside);
        self.arrivals.notify_waiters();
        (number, receiver)
    }

    fn leave(&self, session: &Session, number: usize) {
        let mut inside = self.inside.lock().unwrap();
        if inside
            .sessions
            .get(session)
            .is_some_and(|(n, _)| *n == number)
        {
            inside.sessions.remove(session);
        }
        drop(inside);
        self.arrivals.notify_waiters();
    }

    fn arrive(self: &Arc<Self>, from: &Session, envelope: Envelope) {
        let latency = {
            let mut inside = self.inside.lock().unwrap();
            inside.routed += 1;
            inside.latency
        };
        if latency.is_zero() {
            return self.route(from, envelope);
        }
        let (state, from) = (Arc::clone(self), from.clone());
        self.tasks.lock().unwrap().spawn(async move {
            tokio::time::sleep(latency).await;
            state.route(&from, envelope);
        });
    }

    fn route(&self, from: &Session, envelope: Envelope) {
        if matches!(envelope.message, Some(Message::Ping(_))) {
            let pong = Envelope {
                uid: envelope.uid,
                message: Some(Message::Pong(Nothing {})),
                ..Envelope::default()
            };
            return self.deliver(from, pong, false);
        }
        if let Err(why) = self.refusal(from, &envelope) {
            return self.complain(from, &envelope, why);
        }
        let mut inside = self.inside.lock().unwrap();
        if inside.lose > 0 {
            inside.lose -= 1;
            drop(inside);
            return self.arrivals.notify_waiters();
        }
        drop(inside);
        if envelope.is_expired(unix_now()) {
            return;
        }
        let to = envelope.destination.clone().unwrap_or_default();
        let to = (to.twin, to.connection);
        self.deliver(&to, envelope, true);
    }

    /// In the relay's own order: a session that is here is not even looked up.
    fn refusal(&self, from: &Session, envelope: &Envelope) -> Result<(), &'static str> {
        let mut inside = self.inside.lock().unwrap();
        if let Some(left) = inside.allowance.get_mut(&from.0) {
            if *left == 0 {
                return Err("exceeded rate limits, dropping message");
            }
            *left -= 1;
        }
        let source = envelope.source.clone().unwrap_or_default();
        if (source.twin, source.connection) != *from {
            return Err("message wrong source");
        }
        let to = envelope.destination.clone().unwrap_or_default();
        if to.twin == 0 {
            return Err("message with missing destination");
        }
        if inside.sessions.contains_key(&(to.twin, to.connection)) {
            return Ok(());
        }
        match self.book.has_relay(to.twin) {
            None => Err("unknown twin destination"),
            Some(false) => Err("relay info is not set for this twin"),
            Some(true) if has_fail_fast(envelope) => Err("destination offline"),
            Some(true) => Ok(()),
        }
    }

    /// A relay's error: no source, no signature.
    fn complain(&self, to: &Session, about: &Envelope, why: &str) {
        let error = Envelope {
            uid: about.uid.clone(),
            timestamp: unix_now(),
            expiration: 300,
            destination: about.source.clone(),
            message: Some(Message::Error(Failure {
                code: 0,
                message: why.to_owned(),
            })),
            ..Envelope::default()
        };
        self.deliver(to, error, false);
    }

    fn deliver(&self, to: &Session, envelope: Envelope, keep: bool) {
        let mut inside = self.inside.lock().unwrap();
        let unsent = match inside.sessions.get(to) {
            Some((_, sender)) => sender.send(envelope).err().map(|error| error.0),
            None => Some(envelope),
        };
        if let (Some(envelope), true) = (unsent, keep) {
            inside.queues.entry(to.clone()).or_default().push(envelope);
        }
    }
}

fn has_fail_fast(envelope: &Envelope) -> bool {
    let tags = envelope.tags.as_deref().unwrap_or_default();
    tags.split(|c: char| c == ',' || c.is_whitespace())
        .any(|tag| tag == FAIL_FAST)
}
