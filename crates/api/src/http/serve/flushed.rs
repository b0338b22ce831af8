//! A connection that knows whether all that was to be written is written.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};

/// The connection. hyper asks it to write only while something is left to be written, and to flush only
/// when nothing is.
pub(super) struct Flushed<T> {
    inner: T,
    flushed: Flag,
}

/// Whether it is so now.
#[derive(Clone, Default)]
pub(super) struct Flag(Arc<AtomicBool>);

impl Flag {
    pub(super) fn is_true(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, flushed: bool) {
        self.0.store(flushed, Ordering::Relaxed);
    }
}

impl<T> Flushed<T> {
    pub(super) fn new(inner: T) -> (Self, Flag) {
        let flushed = Flag::default();
        let flag = flushed.clone();
        (Self { inner, flushed }, flag)
    }

    pub(super) fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Read + Unpin> Read for Flushed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<T: Write + Unpin> Write for Flushed<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.flushed.set(false);
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.flushed.set(false);
        Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.flushed.set(matches!(flushed, Poll::Ready(Ok(()))));
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use hyper_util::rt::TokioIo;
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn what_waits_for_the_other_end_is_not_flushed() {
        let (here, mut there) = tokio::io::duplex(4);
        let (mut io, flushed) = Flushed::new(TokioIo::new(here));
        poll_fn(|c| Pin::new(&mut io).poll_flush(c))
            .await
            .expect("nothing to do");
        assert!(flushed.is_true());
        let written = poll_fn(|c| Pin::new(&mut io).poll_write(c, b"abcdef")).await;
        assert_eq!((written.expect("a part"), flushed.is_true()), (4, false));
        // Not a byte more now: hyper tries, and waits.
        let more = poll_fn(|c| Pin::new(&mut io).poll_write(c, b"ef"));
        let more = tokio::time::timeout(Duration::ZERO, more).await;
        assert!(more.is_err() && !flushed.is_true());
        let mut read = [0; 4];
        there.read_exact(&mut read).await.expect("read");
        poll_fn(|c| Pin::new(&mut io).poll_write_vectored(c, &[IoSlice::new(b"ef")]))
            .await
            .expect("the rest");
        assert!(!flushed.is_true());
        poll_fn(|c| Pin::new(&mut io).poll_flush(c))
            .await
            .expect("flushed");
        assert!(flushed.is_true());
    }
}
