//! The instance's name: PeerTube's instance name and the prefix of its domain.

use std::{fmt, str::FromStr};

use words::{Flaw, Said};

use crate::{reserved, shown::shown};

/// A name an instance may have: a letter, then letters, digits and dashes, 3 to 32 in all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InstanceName(String);

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameError {
    /// Under three characters.
    TooShort,
    /// Over 32 characters.
    TooLong,
    /// Host names have no upper case.
    UpperCase(String),
    /// Anything but letters, digits and dashes.
    BadCharacter(char),
    /// A digit or a dash at the start.
    FirstNotLetter,
    /// A dash at the end.
    LastIsDash,
    /// Dashes as third and fourth character mark encoded names (`xn--`).
    EncodedName,
    /// A name with a meaning of its own.
    Reserved,
    /// Reads like a reserved name.
    LooksReserved(&'static str),
}

impl NameError {
    /// What to say about it, in any language.
    pub fn said(&self) -> Said {
        match self {
            Self::TooShort => Flaw::NameTooShort.into(),
            Self::TooLong => Flaw::NameTooLong.into(),
            Self::UpperCase(lower) => Said::with(Flaw::NameUpperCase, lower),
            Self::BadCharacter(bad) => Said::with(Flaw::NameBadCharacter, shown(*bad)),
            Self::FirstNotLetter => Flaw::NameFirstNotLetter.into(),
            Self::LastIsDash => Flaw::NameLastIsDash.into(),
            Self::EncodedName => Flaw::NameEncoded.into(),
            Self::Reserved => Flaw::NameReserved.into(),
            Self::LooksReserved(name) => Said::with(Flaw::NameLooksReserved, *name),
        }
    }
}

said_in_english!(NameError);

impl InstanceName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NameError {
    /// Whether the name keeps the rules of spelling, but nobody may have it.
    pub fn is_reserved(&self) -> bool {
        matches!(self, Self::Reserved | Self::LooksReserved(_))
    }
}

impl FromStr for InstanceName {
    type Err = NameError;

    /// Spaces around it are ignored.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim_matches(' ');
        if let Some(bad) = text
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && *c != '-')
        {
            return Err(NameError::BadCharacter(bad));
        }
        match text.len() {
            0..3 => return Err(NameError::TooShort),
            3..=32 => {}
            _ => return Err(NameError::TooLong),
        }
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(NameError::UpperCase(text.to_ascii_lowercase()));
        }
        if !text.as_bytes()[0].is_ascii_lowercase() {
            return Err(NameError::FirstNotLetter);
        }
        if text.ends_with('-') {
            return Err(NameError::LastIsDash);
        }
        if text.get(2..4) == Some("--") {
            return Err(NameError::EncodedName);
        }
        match reserved::look_alike(text) {
            Some(name) if name == text => Err(NameError::Reserved),
            Some(name) => Err(NameError::LooksReserved(name)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for InstanceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lengths_are_3_to_32() {
        assert_eq!("ab".parse::<InstanceName>(), Err(NameError::TooShort));
        assert!("abc".parse::<InstanceName>().is_ok());
        assert!("a".repeat(32).parse::<InstanceName>().is_ok());
        assert_eq!(
            "a".repeat(33).parse::<InstanceName>(),
            Err(NameError::TooLong)
        );
    }

    #[test]
    fn errors_offer_the_remedy() {
        let error = "MyClub".parse::<InstanceName>().expect_err("refused");
        assert_eq!(error.to_string(), "Use lower-case letters only: myclub");
        let error = "my\nclub".parse::<InstanceName>().expect_err("refused");
        assert!(!error.to_string().contains('\n'), "a log line stays one");
    }
}
