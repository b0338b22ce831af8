//! Connections, byte by byte.

use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{KEY, service::Service};

/// Sends this and reads to the connection's end.
async fn all(service: &Service, sent: &str) -> String {
    let address = service.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(sent.as_bytes()).await.unwrap();
    let mut read = String::new();
    socket.read_to_string(&mut read).await.unwrap();
    read
}

/// The request for the events of a deployment that is over when they end.
async fn deployed(service: &Service) -> (String, String) {
    let made = service.deploy(KEY, "myclub").await;
    let asked = format!(
        "/v1/deployments/{} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n",
        made.id,
        made.capability.as_ref().unwrap()
    );
    service.events(&made, 0).await;
    let events = asked.replacen(" HTTP", "/events HTTP", 1);
    (asked, events)
}

#[tokio::test]
async fn events_come_in_chunks_to_the_last_and_end_the_connection() {
    let service = Service::start("").await;
    let (asked, events) = deployed(&service).await;
    // On a connection that was used before; what is asked behind it is not answered any more.
    let answers = all(
        &service,
        &format!("GET {asked}\r\nGET {events}\r\nGET {asked}\r\n"),
    )
    .await;
    let heads: Vec<_> = answers.match_indices("HTTP/1.1 200 OK\r\n").collect();
    assert_eq!(heads.len(), 2, "{answers}");
    let (head, mut body) = answers[heads[1].0..].split_once("\r\n\r\n").unwrap();
    for line in [
        "transfer-encoding: chunked",
        "connection: close",
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "x-request-id: ",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
    let mut chunks = vec![];
    loop {
        let (length, rest) = body.split_once("\r\n").unwrap();
        let (chunk, rest) = rest.split_at(usize::from_str_radix(length, 16).unwrap());
        body = rest.strip_prefix("\r\n").expect("a chunk's end");
        if chunk.is_empty() {
            break;
        }
        chunks.push(chunk);
    }
    assert_eq!(body, "", "nothing after the last");
    assert!(chunks.len() > 4, "{chunks:?}");
    for chunk in chunks {
        assert!(
            chunk.starts_with("id: ") && chunk.ends_with("}\n\n"),
            "{chunk:?}"
        );
    }
}

#[tokio::test]
async fn events_for_an_old_client_end_with_the_connection() {
    let service = Service::start("").await;
    let (_, events) = deployed(&service).await;
    let old = events.replace("HTTP/1.1", "HTTP/1.0");
    let answer = all(&service, &format!("GET {old}\r\n")).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("chunked"), "{head}");
    assert!(
        body.starts_with("id: ") && body.ends_with("}\n\n"),
        "{body}"
    );
}

#[tokio::test]
async fn the_head_alone_has_no_events() {
    let service = Service::start("").await;
    let (_, events) = deployed(&service).await;
    let answer = all(&service, &format!("HEAD {events}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n"));
    assert!(!answer.contains("data: "), "{answer}");
}

#[tokio::test]
async fn who_is_still_told_when_the_service_stops_is_hung_up_on() {
    let service = Service::start("").await;
    service.grid.set_faults(devgrid::Faults {
        chain_down: true,
        ..devgrid::Faults::default()
    });
    let made = service.deploy(KEY, "myclub").await;
    let mut told = service
        .of(&made, Method::GET, "/events")
        .send()
        .await
        .unwrap();
    assert!(told.chunk().await.unwrap().is_some());
    service.stop();
    while told.chunk().await.unwrap().is_some() {}
    let late = reqwest::get(&format!("{}/healthz", service.url)).await;
    assert!(late.is_err(), "{late:?}");
}
