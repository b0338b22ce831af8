//! A question and what comes back.

use gridpeers::{Peer, Quirk};
use serde_json::Value;
use tfgrid::Error;
use tfgrid::rmb::{BusError, Payload, Refusal};

use crate::{Echo, LONG, NODE, SHORT, Scene, US, ask, doubt, echoed};

#[tokio::test]
async fn a_question_is_answered_and_nobody_between_can_read_it() {
    let scene = Scene::new().await;
    let client = scene.client();
    assert_eq!(ask(&client, LONG).await, Ok(echoed()));
    let asked = scene.node.seen().await;
    assert!(
        matches!(asked.payload, Some(Payload::Cipher(_))),
        "{asked:?}"
    );
    assert_eq!(
        client
            .ask(NODE, "echo", &(), LONG)
            .await
            .map(|v: Value| v["payload"].clone()),
        Ok(Value::Null)
    );
    assert_eq!(client.relays()[0].trouble, None);
    assert_eq!(client.twin(), US);
}

#[tokio::test]
async fn a_twin_without_a_key_is_written_to_in_the_clear() {
    let scene = Scene::new().await;
    scene.book.forget_key(NODE);
    scene.book.forget_key(US);
    assert_eq!(ask(&scene.client(), LONG).await, Ok(echoed()));
    assert!(matches!(
        scene.node.seen().await.payload,
        Some(Payload::Plain(_))
    ));
}

#[tokio::test]
async fn a_signed_answer_in_the_clear_is_taken() {
    let scene = Scene::new().await;
    scene.node.quirk(Quirk::Plain);
    assert_eq!(ask(&scene.client(), LONG).await, Ok(echoed()));
}

#[tokio::test]
async fn an_answer_that_comes_twice_counts_once() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.quirk(Quirk::Twice);
    for _ in 0..3 {
        assert_eq!(ask(&client, LONG).await, Ok(echoed()));
    }
}

#[tokio::test]
async fn two_at_once_get_their_own_answers_out_of_order() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.hold();
    let first = client.ask::<Value>(NODE, "one", &1, LONG);
    let second = client.ask::<Value>(NODE, "two", &2, LONG);
    let release = async {
        scene.node.seen().await;
        scene.node.seen().await;
        // Both are answered only when neither is held: the answers are made a little later.
        while scene.node.held() < 2 {
            tokio::task::yield_now().await;
        }
        scene.node.release();
    };
    let (first, second, ()) = tokio::join!(first, second, release);
    assert_eq!(first.unwrap()["command"], "one");
    assert_eq!(second.unwrap()["command"], "two");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_signature_is_a_doubt_and_the_right_answer_still_counts() {
    let scene = Scene::in_memory().await;
    let client = scene.client();
    for quirk in [Quirk::WrongSignature, Quirk::Changed] {
        scene.node.quirk(quirk);
        let doubt = doubt(ask(&client, SHORT).await).unwrap();
        assert!(doubt.contains("signature is not valid"), "{doubt}");
    }
    scene.node.quirk(Quirk::WrongSignature);
    let (result, ()) = tokio::join!(ask(&client, LONG), async {
        // Two questions before it.
        scene.node.seen().await;
        scene.node.seen().await;
        let asked = scene.node.seen().await;
        let mut right = asked.response();
        right.say(echoed().to_string());
        scene.node.send_signed(right);
    });
    assert_eq!(result, Ok(echoed()));
}

#[tokio::test(start_paused = true)]
async fn a_foreign_answer_is_a_doubt() {
    let scene = Scene::in_memory().await;
    let charlie = scene.book.twin(30, "//Charlie");
    let stranger = Peer::start_in_memory(&scene.book, &scene.relay, 30, charlie, Echo).await;
    let client = scene.client();
    scene.node.quirk(Quirk::Deaf);
    let (result, ()) = tokio::join!(ask(&client, SHORT), async {
        let mut foreign = scene.node.seen().await.response();
        foreign.say("\"believe me\"");
        stranger.send_signed(foreign);
    });
    assert_eq!(
        doubt(result).as_deref(),
        Some("twin 30 answered in its place")
    );
}

#[tokio::test(start_paused = true)]
async fn a_deaf_node_is_told_by_its_name_and_the_command() {
    let scene = Scene::in_memory().await;
    scene.node.quirk(Quirk::Deaf);
    let error = ask(&scene.client(), SHORT).await.unwrap_err();
    assert!(error.may_pass());
    let text = error.to_string();
    assert!(
        text.starts_with("twin 29 did not answer `echo` within 1 s; it may have acted"),
        "{text}"
    );
}

#[tokio::test]
async fn answers_that_cannot_be_read_say_so_at_once() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.quirk(Quirk::WrongKey);
    assert_eq!(
        ask(&client, LONG).await,
        Err(BusError::Message(Error::Cipher))
    );
    scene.node.quirk(Quirk::NoJson);
    let error = ask(&client, LONG).await.unwrap_err();
    assert!(
        matches!(&error, BusError::NotUnderstood { command, .. } if command == "echo"),
        "{error:?}"
    );
    scene.node.quirk(None);
    let other_shape = client.ask::<Vec<u8>>(NODE, "echo", &"secret", LONG).await;
    let text = other_shape.unwrap_err().to_string();
    assert!(
        text.contains("another shape") && !text.contains("secret"),
        "{text}"
    );
}

#[tokio::test]
async fn the_node_knowing_another_key_of_ours_is_told() {
    let scene = Scene::new().await;
    let eve = scene.book.twin(31, "//Eve");
    scene.book.set_key_of(US, &eve);
    let error = ask(&scene.client(), LONG).await.unwrap_err();
    assert!(
        matches!(&error, BusError::Refused(Refusal::Keys(_))),
        "{error:?}"
    );
}
