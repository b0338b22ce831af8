//! Connections: HTTP/1.1 by hyper, one task each, until the service is to stop.
//!
//! An answer that goes on for hours is handed over: hyper writes its head, and a task that is as small as
//! what it waits for writes the rest. Kept, hyper's two buffers for a next request, which never comes,
//! would be most of what an open page costs.

mod flushed;
mod long;

use std::{
    convert::Infallible, future::poll_fn, io, net::SocketAddr, pin::Pin, task::Poll, time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::{Method, Request, Response, Version};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

pub(super) use self::long::long;
use self::{
    flushed::Flushed,
    long::{Framing, Rest},
};

/// For a request's head, and for a connection on which none comes. Longer than a proxy keeps idle ones,
/// so that it is the proxy who hangs up.
const HEAD: Duration = Duration::from_secs(75);

/// For what is on its way when the service is to stop.
const TO_END: Duration = Duration::from_secs(10);

/// Serves until `stop` says true, and then ends what is on its way.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, from)) => {
                let one = connection(socket, from, router.clone(), stop.clone(), tasks.clone());
                tasks.spawn(one);
            }
            // It was gone before it was taken.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                // As many files are open as may be; some will be closed.
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(TO_END, tasks.wait()).await.is_err() {
        tracing::warn!(left = tasks.len(), "connections are cut off");
    }
}

async fn connection(
    socket: TcpStream,
    from: SocketAddr,
    router: Router,
    mut stop: watch::Receiver<bool>,
    tasks: TaskTracker,
) {
    // An event is small and wanted now; where that cannot be set, it is only later.
    let _ = socket.set_nodelay(true);
    let rest = Rest::default();
    let left = rest.clone();
    let service =
        service_fn(move |request| Box::pin(answer(request, from, router.clone(), left.clone())));
    let (io, flushed) = Flushed::new(TokioIo::new(socket));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(io, service);
    let mut stopping = false;
    let rest = loop {
        let until = poll_fn(|context| match Pin::new(&mut connection).poll(context) {
            Poll::Ready(_) => Poll::Ready(None),
            // What is left is known from when the head stands in hyper's buffer; it is out when nothing
            // stands there any more.
            Poll::Pending if flushed.is_true() => rest
                .take()
                .map_or(Poll::Pending, |rest| Poll::Ready(Some(rest))),
            Poll::Pending => Poll::Pending,
        });
        tokio::select! {
            rest = until => break rest,
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    if let Some((rest, framing)) = rest {
        let socket = connection.into_parts().io.into_inner().into_inner();
        tasks.spawn(long::write(socket, rest, framing));
    }
}

/// Has the router answer. The rest of a long answer is left for whoever has the connection.
async fn answer(
    request: Request<Incoming>,
    from: SocketAddr,
    router: Router,
    rest: Rest,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(from));
    let framing = match (request.method(), request.version()) {
        (&Method::GET, Version::HTTP_11) => Some(Framing::Chunks),
        (&Method::GET, Version::HTTP_10) => Some(Framing::ToTheEnd),
        _ => None,
    };
    let mut response = router.oneshot(request).await?;
    if let Some(framing) = framing {
        rest.leave(&mut response, framing);
    }
    Ok(response)
}
