//! The reliable message bus, without its sockets.

mod cipher;
