//! The verification service, over HTTP: what it tells, and what is said when an answer is not one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use gridpeers::{Book, KycService, Verified};
use serde_json::json;
use tfgrid::kyc::{Kyc, Verification};

#[tokio::test]
async fn verification_is_told_as_the_service_tells_it() {
    let (book, verified) = (Book::default(), Verified::default());
    let alice = book.twin(143, "//Alice").account();
    let service = KycService::start(&book, &verified).await;
    let kyc = Kyc::new(&[&service.url()]).unwrap();
    assert_eq!(kyc.twin(143).await, Ok(Verification::Never));
    verified.add(143);
    assert_eq!(kyc.twin(143).await, Ok(Verification::Verified));
    assert_eq!(kyc.account(&alice).await, Ok(Verification::Verified));
    assert_eq!(kyc.twin(30).await, Ok(Verification::Never));
    verified.down(true);
    assert!(kyc.twin(143).await.unwrap_err().may_pass());

    for (status, expected) in [
        ("UNVERIFIED", Verification::Unverified),
        ("REJECTED", Verification::Rejected),
        ("PENDING", Verification::Pending),
    ] {
        let body = json!({ "result": { "status": status } }).to_string();
        service.instead("/api/v1/status", 200, body);
        let told = kyc.twin(143).await.unwrap();
        assert_eq!((told, told.is_verified()), (expected, false));
    }
    for (body, expected) in [
        (
            r#"{"result":{"status":"verified"}}"#,
            "result.status: unknown variant",
        ),
        (r#"{"status":"VERIFIED"}"#, "missing field `result`"),
        ("VERIFIED", "expected value"),
    ] {
        service.instead("/api/v1/status", 200, body);
        let text = kyc.twin(143).await.unwrap_err().to_string();
        assert!(
            text.starts_with("the verification service answers") && text.contains(expected),
            "{text}"
        );
    }
}
