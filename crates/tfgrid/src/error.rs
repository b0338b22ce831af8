//! Everything that can go wrong here, each with what to do about it.

/// What is wrong in a JSON text and where, without the value there: it may be a password.
pub(crate) fn without_value(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    // serde writes: invalid type: string "hunter2", expected a map at line 1 column 79
    let kinds = ["invalid type: ", "invalid value: "];
    let kind = kinds.iter().filter_map(|kind| text.find(kind)).min();
    if let (Some(kind), Some(expected)) = (kind, text.rfind(", expected"))
        && let Some(quote) = text
            .get(kind..expected)
            .and_then(|part| part.find(['"', '`']))
    {
        text.replace_range(kind + quote..expected, "(hidden)");
    }
    text
}

/// Why something could not be made, read or believed. No variant holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no mnemonic, seed or secret URI.
    #[error("the account's secret is not usable: {0}")]
    Secret(String),
    /// The text is no address of the ThreeFold Grid.
    #[error("`{address}` is no address of the ThreeFold Grid: {remedy}")]
    Address {
        /// What was read.
        address: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Bytes that should be a public key are none.
    #[error(
        "a twin's message key is not usable: a compressed secp256k1 point of 33 bytes is needed; \
         let its owner set the key of his twin again, or send to it unencrypted"
    )]
    MessageKey,
    /// A rule of the grid is broken; nodes or chain would refuse this, perhaps after it was paid.
    #[error("{at}: {remedy}")]
    Rule {
        /// Where, like `workloads[2] (vm): data.network.interfaces`.
        at: String,
        /// What to do.
        remedy: String,
    },
    /// A text is no deployment.
    #[error("this is no deployment: {0}; compare it with the fields in the documentation")]
    Deployment(String),
    /// A signature is missing, malformed or not by that key.
    #[error("the signature is not valid: {0}")]
    Signature(String),
    /// Bytes are no envelope of the message bus.
    #[error("this is no message of the bus: {0}")]
    Envelope(String),
    /// An encrypted payload does not open.
    #[error(
        "the message does not decrypt: it was changed on its way or is not for our key; \
         check that the public key stored with our twin on the chain is this account's"
    )]
    Cipher,
    /// The operating system gave no randomness, so nothing can be encrypted safely.
    #[error("the operating system gives no randomness; nothing is encrypted without it")]
    Randomness,
    /// A relay's token is malformed, expired or not by that key.
    #[error("the token for the relay is not valid: {0}")]
    Token(String),
    /// The platform's certificates cannot be used.
    #[error("nothing can be connected safely: {0}; install the system's root certificates")]
    Tls(String),
    /// A price cannot be computed.
    #[error("no price can be computed: {0}")]
    Price(&'static str),
}
