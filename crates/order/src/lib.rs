//! What a visitor may order.
//!
//! Every field's rule lives here once and runs in the browser and on the server as the same
//! function. Past the edge of the API only these types travel: an [`InstanceName`], a [`GitUrl`],
//! an [`SshPublicKey`] can be made by their parsers alone. No I/O; compiles to wasm.

/// An error that says in English what it says in any language.
macro_rules! said_in_english {
    ($error:ty) => {
        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.said().fmt(f)
            }
        }

        impl std::error::Error for $error {}
    };
}

pub mod api;
mod base64;
mod catalogue;
mod email;
mod git_host;
mod git_origin;
mod git_suggest;
mod git_url;
pub mod host;
mod name;
mod order;
pub mod page;
mod reserved;
mod shown;
mod ssh_key;
mod ssh_wire;

pub use catalogue::{
    Catalogue, Domain, DomainOffer, GridKind, LocationId, LocationOffer, LocationState, Price,
    SizeId, SizeOffer,
};
pub use email::{AdminEmail, EmailError};
pub use git_origin::{GitOrigin, GitOriginError};
pub use git_suggest::suggest as suggest_git_url;
pub use git_url::{GitUrl, GitUrlClass, GitUrlError};
pub use name::{InstanceName, NameError};
pub use order::{Field, FieldError, Order, OrderDraft, Problem};
pub use shown::is_invisible;
pub use ssh_key::{KeyKind, SshKeyError, SshPublicKey};
