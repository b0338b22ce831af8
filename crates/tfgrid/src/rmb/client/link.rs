//! One relay: its socket, opened again whenever it breaks.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::upgrade::{NO_WEB_SOCKET, Socket, Unopened, upgrade};
use super::{RelayUrl, Shared};
use crate::rmb::Token;

/// The token is looked at when the socket opens, never again.
const TOKEN_SECONDS: u64 = 60;

/// Keeps a relay connected, for ever.
pub(super) async fn keep(shared: Arc<Shared>, number: usize) {
    let relay = &shared.settings.relays[number];
    let pace = &shared.settings.pace;
    let mut pause = pace.first_pause;
    loop {
        let why = match timeout(pace.connect, open(&shared, relay)).await {
            Ok(Ok(socket)) => {
                tracing::debug!(%relay, "connected");
                shared.note(number, None);
                let (why, heard) = pump(&shared, number, socket).await;
                if heard {
                    pause = pace.first_pause;
                }
                why
            }
            Ok(Err(why)) => why,
            Err(_) => format!("no connection within {} s", pace.connect.as_secs()),
        };
        tracing::debug!(%relay, why, "not connected");
        shared.note(number, Some(why));
        shared.inbox.broken(number);
        sleep(spread(pause)).await;
        pause = (pause * 2).min(pace.longest_pause);
    }
}

async fn open(shared: &Shared, relay: &RelayUrl) -> Result<Socket, String> {
    let settings = &shared.settings;
    let stream = settings.dial.dial(relay).await.map_err(|e| e.to_string())?;
    let now = (settings.now)();
    let token = Token {
        twin: settings.twin,
        issued: now,
        expires: now + TOKEN_SECONDS,
        session: Some(shared.session.clone()),
    };
    let token = token.sign(&settings.identity);
    let socket = upgrade(stream, relay.authority(), &token).await;
    socket.map_err(|error| refused(&error, settings.twin))
}

/// What a relay means by the status it refuses the upgrade with (rmb-rs:src/relay/mod.rs).
fn refused(error: &Unopened, twin: u32) -> String {
    match error {
        Unopened::Status(401) => format!(
            "401: the relay does not take us for twin {twin}; check that number, the account's \
             secret and the clock"
        ),
        Unopened::Status(status @ 400..) => format!("{status}: the relay is in trouble"),
        Unopened::Status(_) => NO_WEB_SOCKET.into(),
        Unopened::Broken(why) => why.clone(),
    }
}

/// Moves frames until the connection ends; says why, and whether anything was heard at all.
async fn pump(shared: &Shared, number: usize, socket: Socket) -> (String, bool) {
    let pace = &shared.settings.pace;
    let (mut out, mut frames) = socket.split();
    let mut ping = interval_at(Instant::now() + pace.ping, pace.ping);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut last, mut heard) = (Instant::now(), false);
    let why = loop {
        let mut broken = None;
        while let Some(frame) = shared.inbox.next(number) {
            let sent = timeout(pace.silence, out.send(Message::binary(frame))).await;
            if !matches!(sent, Ok(Ok(()))) {
                broken = Some("it takes nothing any more");
                break;
            }
        }
        if let Some(why) = broken {
            break why.to_owned();
        }
        tokio::select! {
            biased;
            frame = frames.next() => match frame {
                Some(Ok(Message::Binary(frame))) => {
                    (last, heard) = (Instant::now(), true);
                    shared.inbox.receive(&frame);
                }
                Some(Ok(Message::Close(_))) | None => break "it hung up".into(),
                Some(Ok(_)) => (last, heard) = (Instant::now(), true),
                Some(Err(error)) => break error.to_string(),
            },
            () = shared.inbox.news.notified() => {}
            _ = ping.tick() => {
                if last.elapsed() >= pace.silence {
                    break format!("silent for {} s", pace.silence.as_secs());
                }
                let sent = timeout(pace.silence, out.send(Message::Ping(Default::default()))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    break "it takes nothing any more".into();
                }
            }
        }
    };
    (why, heard)
}

/// Up to a quarter more, so that clients which lost the same relay do not come back as one.
fn spread(pause: Duration) -> Duration {
    let mut byte = [0];
    // Without randomness they do; that is no reason to stay away.
    let _ = getrandom::fill(&mut byte);
    pause + pause * u32::from(byte[0]) / 1024
}
