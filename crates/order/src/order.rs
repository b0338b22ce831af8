//! The order: the form as it travels ([`OrderDraft`]), and as it is once every rule held ([`Order`]).

use serde::{Deserialize, Serialize};
use words::{Flaw, Said};

use crate::{
    AdminEmail, Catalogue, Domain, EmailError, GitUrl, GitUrlError, InstanceName, LocationId,
    LocationState, NameError, SizeId, SshKeyError, SshPublicKey,
};

/// An order as it travels: nothing is checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderDraft {
    /// A size of the catalogue.
    pub size: String,
    /// A location of the catalogue.
    pub location: String,
    /// The instance's name: 3–32 of `[a-z0-9-]`.
    pub name: String,
    /// A domain of the catalogue.
    pub domain: String,
    /// The settings repository, if any.
    pub git_url: Option<String>,
    /// One OpenSSH public key, if remote login is wanted.
    pub ssh_key: Option<String>,
    /// PeerTube's private preset, and federation off.
    pub private: bool,
    /// Whether viewers may share traffic with each other.
    pub p2p: bool,
    /// The administrator's e-mail address, if any.
    pub admin_email: Option<String>,
}

/// An order that kept every rule. Only [`OrderDraft::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// The size chosen.
    pub size: SizeId,
    /// The location chosen.
    pub location: LocationId,
    /// The instance's name.
    pub name: InstanceName,
    /// The domain chosen.
    pub domain: Domain,
    /// The settings repository.
    pub git_url: Option<GitUrl>,
    /// The key for remote login.
    pub ssh_key: Option<SshPublicKey>,
    /// PeerTube's private preset, and federation off.
    pub private: bool,
    /// Whether viewers may share traffic with each other.
    pub p2p: bool,
    /// The administrator's e-mail address.
    pub admin_email: Option<AdminEmail>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Size.
    Size,
    /// Location.
    Location,
    /// Name.
    Name,
    /// Domain.
    Domain,
    /// Git URL.
    GitUrl,
    /// SSH key.
    SshKey,
    /// Administrator's e-mail.
    AdminEmail,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Which field.
    pub field: Field,
    /// What is wrong with it, and what to do.
    pub problem: Problem,
}

/// What can be wrong with a field; each is a sentence a person can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No such size in the catalogue.
    SizeNotOffered,
    /// No such location in the catalogue.
    LocationNotOffered,
    /// The location has no room now.
    LocationFull,
    /// The location is only announced.
    LocationAnnounced,
    /// No such domain in the catalogue.
    DomainNotOffered,
    /// The operator requires a settings repository.
    GitUrlRequired,
    /// The name.
    Name(NameError),
    /// The git URL.
    GitUrl(GitUrlError),
    /// The SSH key.
    SshKey(SshKeyError),
    /// The e-mail address.
    Email(EmailError),
}

impl Problem {
    /// What to say about it, in any language.
    pub fn said(&self) -> Said {
        match self {
            Self::SizeNotOffered => Flaw::SizeNotOffered.into(),
            Self::LocationNotOffered => Flaw::LocationNotOffered.into(),
            Self::LocationFull => Flaw::LocationFull.into(),
            Self::LocationAnnounced => Flaw::LocationAnnounced.into(),
            Self::DomainNotOffered => Flaw::DomainNotOffered.into(),
            Self::GitUrlRequired => Flaw::GitRequired.into(),
            Self::Name(error) => error.said(),
            Self::GitUrl(error) => error.said(),
            Self::SshKey(error) => error.said(),
            Self::Email(error) => error.said(),
        }
    }
}

said_in_english!(Problem);

impl Field {
    /// Every field, in the order of the form.
    pub const ALL: [Self; 7] = [
        Self::Size,
        Self::Location,
        Self::Name,
        Self::Domain,
        Self::GitUrl,
        Self::SshKey,
        Self::AdminEmail,
    ];

    /// The field's key in [`OrderDraft`].
    pub fn key(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Location => "location",
            Self::Name => "name",
            Self::Domain => "domain",
            Self::GitUrl => "git_url",
            Self::SshKey => "ssh_key",
            Self::AdminEmail => "admin_email",
        }
    }

    /// The JSON pointer of the field in `POST /v1/deployments`.
    pub fn pointer(self) -> String {
        format!("/order/{}", self.key())
    }

    /// The field a JSON pointer of a problem means.
    pub fn from_pointer(pointer: &str) -> Option<Self> {
        let key = pointer.strip_prefix("/order/")?;
        Self::ALL.into_iter().find(|f| f.key() == key)
    }
}

impl OrderDraft {
    /// Checks every rule of every field against what is on offer.
    ///
    /// # Errors
    /// All fields that break a rule, in the order of the form.
    pub fn parse(&self, catalogue: &Catalogue) -> Result<Order, Vec<FieldError>> {
        let mut errors = Vec::new();
        let size = keep(&mut errors, Field::Size, size(&self.size, catalogue));
        let location = keep(
            &mut errors,
            Field::Location,
            location(&self.location, catalogue),
        );
        let name = keep(
            &mut errors,
            Field::Name,
            self.name.parse().map_err(Problem::Name),
        );
        let domain = keep(&mut errors, Field::Domain, domain(&self.domain, catalogue));
        let git_url = keep(
            &mut errors,
            Field::GitUrl,
            git_url(self.git_url.as_deref(), catalogue),
        );
        let ssh_key = optional(self.ssh_key.as_deref()).map(|k| k.parse().map_err(Problem::SshKey));
        let ssh_key = keep(&mut errors, Field::SshKey, ssh_key.transpose());
        let email =
            optional(self.admin_email.as_deref()).map(|e| e.parse().map_err(Problem::Email));
        let email = keep(&mut errors, Field::AdminEmail, email.transpose());
        match (size, location, name, domain, git_url, ssh_key, email) {
            (
                Some(size),
                Some(location),
                Some(name),
                Some(domain),
                Some(git_url),
                Some(ssh_key),
                Some(admin_email),
            ) => Ok(Order {
                size,
                location,
                name,
                domain,
                git_url,
                ssh_key,
                private: self.private,
                p2p: self.p2p,
                admin_email,
            }),
            _ => Err(errors),
        }
    }
}

impl Order {
    /// The instance's host name: `name.domain`.
    pub fn address(&self) -> String {
        format!("{}.{}", self.name, self.domain)
    }

    /// The order as it travels, in canonical spelling.
    pub fn to_draft(&self) -> OrderDraft {
        OrderDraft {
            size: self.size.to_string(),
            location: self.location.to_string(),
            name: self.name.to_string(),
            domain: self.domain.to_string(),
            git_url: self.git_url.as_ref().map(ToString::to_string),
            ssh_key: self.ssh_key.as_ref().map(ToString::to_string),
            private: self.private,
            p2p: self.p2p,
            admin_email: self.admin_email.as_ref().map(ToString::to_string),
        }
    }
}

fn keep<T>(errors: &mut Vec<FieldError>, field: Field, parsed: Result<T, Problem>) -> Option<T> {
    parsed
        .map_err(|problem| errors.push(FieldError { field, problem }))
        .ok()
}

/// Blank means "left empty". A line's end or a tab alone is not blank: no field has one.
fn optional(text: Option<&str>) -> Option<&str> {
    text.filter(|t| !t.trim_matches(' ').is_empty())
}

fn size(id: &str, catalogue: &Catalogue) -> Result<SizeId, Problem> {
    catalogue
        .size(id)
        .map(|s| s.id.clone())
        .ok_or(Problem::SizeNotOffered)
}

fn location(id: &str, catalogue: &Catalogue) -> Result<LocationId, Problem> {
    let location = catalogue.location(id).ok_or(Problem::LocationNotOffered)?;
    match location.state {
        LocationState::Open => Ok(location.id.clone()),
        LocationState::Full => Err(Problem::LocationFull),
        LocationState::Announced => Err(Problem::LocationAnnounced),
    }
}

fn domain(id: &str, catalogue: &Catalogue) -> Result<Domain, Problem> {
    catalogue
        .domain(id)
        .cloned()
        .ok_or(Problem::DomainNotOffered)
}

fn git_url(text: Option<&str>, catalogue: &Catalogue) -> Result<Option<GitUrl>, Problem> {
    match optional(text) {
        Some(text) => Ok(Some(
            GitUrl::parse(text, &catalogue.git_origins()).map_err(Problem::GitUrl)?,
        )),
        None if catalogue.git_url_required => Err(Problem::GitUrlRequired),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> OrderDraft {
        OrderDraft {
            size: "small".into(),
            location: "ghent".into(),
            name: "myclub".into(),
            domain: "ava.tf".into(),
            git_url: None,
            ssh_key: None,
            private: false,
            p2p: true,
            admin_email: None,
        }
    }

    #[test]
    fn a_good_order_goes_there_and_back() {
        let order = draft().parse(&Catalogue::default()).expect("a good order");
        assert_eq!(order.address(), "myclub.ava.tf");
        assert_eq!(order.to_draft(), draft());
    }

    #[test]
    fn every_broken_field_is_named_in_form_order() {
        let broken = OrderDraft {
            size: "huge".into(),
            location: "mars".into(),
            name: "A".into(),
            domain: "example.com".into(),
            git_url: Some("http://x".into()),
            ssh_key: Some("ssh-dss AAAA".into()),
            admin_email: Some("nobody".into()),
            ..draft()
        };
        let errors = broken
            .parse(&Catalogue::default())
            .expect_err("a broken order");
        let fields: Vec<Field> = errors.iter().map(|e| e.field).collect();
        assert_eq!(fields, Field::ALL);
    }

    #[test]
    fn blank_optional_fields_are_left_empty_unless_required() {
        let blank = OrderDraft {
            git_url: Some("  ".into()),
            ..draft()
        };
        assert_eq!(
            blank.parse(&Catalogue::default()).expect("blank").git_url,
            None
        );
        let strict = Catalogue {
            git_url_required: true,
            ..Catalogue::default()
        };
        let errors = blank.parse(&strict).expect_err("required");
        assert_eq!(errors[0].problem, Problem::GitUrlRequired);
    }

    #[test]
    fn pointers_lead_back_to_their_fields() {
        for field in Field::ALL {
            assert_eq!(Field::from_pointer(&field.pointer()), Some(field));
        }
        assert_eq!(Field::from_pointer("/order/none"), None);
    }

    #[test]
    fn a_full_or_announced_location_is_refused_by_name() {
        let mut catalogue = Catalogue::default();
        catalogue.locations[0].state = LocationState::Full;
        let errors = draft().parse(&catalogue).expect_err("full");
        assert_eq!(errors[0].problem, Problem::LocationFull);
        catalogue.locations[0].state = LocationState::Announced;
        let errors = draft().parse(&catalogue).expect_err("announced");
        assert_eq!(errors[0].problem, Problem::LocationAnnounced);
    }
}
