//! The verification service (tf-kyc-verifier).

use std::ops::Deref;

use serde_json::json;

use crate::web::{Said, Web};
use crate::{Book, Verified};

/// The service, on a port of its own.
pub struct KycService(Web);

impl KycService {
    /// Knows the twins of a book, and who of them is verified.
    pub async fn start(book: &Book, verified: &Verified) -> Self {
        let (book, verified) = (book.clone(), verified.clone());
        let web = Web::start(move |asked| {
            if asked.path != "/api/v1/status" {
                return Said::refusal(404, "not found");
            }
            let by_account = asked.query.get("client_id");
            let twin = match asked.query.get("twin_id") {
                Some(twin) => twin.parse().ok(),
                None => by_account.and_then(|account| book.twin_of(account)),
            };
            let Some(twin) = twin else {
                return Said::refusal(400, "Missing client_id or twin_id");
            };
            match verified.knows(twin) {
                None => Said::refusal(500, "internal server error"),
                Some(false) => Said::refusal(404, "Verification not found"),
                Some(true) => Said::ok(json!({ "result": {
                    "final": true, "idenfy_ref": "0d1e", "client_id": "", "status": "VERIFIED",
                }})),
            }
        });
        Self(web.await)
    }
}

impl Deref for KycService {
    type Target = Web;

    fn deref(&self) -> &Web {
        &self.0
    }
}
