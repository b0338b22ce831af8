//! An order on its way: sent once, whatever happens to the page meanwhile.

use order::{Order, api::Deployment, host::Tell};

use crate::{
    api::{self, Refusal},
    app::App,
    dom, follow, host,
    permalink::{self, Access},
    session::{self, Key},
    wire,
};

impl App {
    /// Sends an order. Its key is kept before it goes: pressed again, or after a reload, the same
    /// order goes with the same key and makes the same deployment.
    pub(crate) fn order(self, order: &Order) {
        if self.peek().sending {
            return;
        }
        let draft = order.to_draft();
        let ordered = wire::write_draft(&draft);
        let body = wire::write_request(&self.client().site, self.peek().grant.as_ref(), &draft);
        let key = match pending() {
            Some((key, kept, _)) if kept == ordered => key,
            _ => api::new_idempotency_key(),
        };
        session::set(Key::Pending, &[&key, "\n", &ordered, "\n", &body].concat());
        self.send(key, body);
    }

    fn send(self, key: String, body: String) {
        self.change(|state| state.sending = true);
        self.show(vec![], None);
        dom::spawn(async move {
            let answer = self.client().deploy(&key, &body).await;
            self.change(|state| state.sending = false);
            match answer {
                Ok(Deployment {
                    id,
                    capability: Some(capability),
                    ..
                }) => {
                    session::remove(Key::Pending);
                    host::tell(&Tell::Submit(id.clone()));
                    follow::start(self, Access { id, capability });
                }
                Ok(_) => self.refused(Refusal::odd(200)),
                Err(refusal) => {
                    if refusal.is_final() {
                        session::remove(Key::Pending);
                    }
                    self.refused(refusal);
                }
            }
        });
    }
}

/// Goes on where this tab, or the link it was opened with, left off.
pub(crate) fn resume(app: App) {
    let kept = || session::get(Key::Deployment).and_then(|kept| Access::parse(&kept));
    if let Some(access) = permalink::read().or_else(kept) {
        follow::start(app, access);
    } else if let Some((key, _, body)) = pending() {
        app.send(key, body);
    }
}

/// The order that was sent and not yet answered: its key, itself, and the body that it was sent in,
/// with a grant that may have been used up since.
fn pending() -> Option<(String, String, String)> {
    let kept = session::get(Key::Pending)?;
    let (key, rest) = kept.split_once('\n')?;
    let (order, body) = rest.split_once('\n')?;
    Some((key.to_owned(), order.to_owned(), body.to_owned()))
}
