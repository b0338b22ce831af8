//! What the widget and the page around it say to each other: version 1 of `peertube-deploy`.
//!
//! 1. The frame posts [`syn`](Gate) to its parent: the only message for anybody's eyes, and it says
//!    nothing.
//! 2. The parent answers `ack` with a `MessagePort`. The frame takes one, from its parent, of an origin
//!    that the site allows: [`Gate::ack`].
//! 3. All else goes over that port: down what [`Ask::read`] understands, up what [`Tell`] can say.
//!
//! Nothing else is understood. There is no message that orders, and none that holds a password, a
//! capability, a key or what was typed.

use crate::{Field, GitOrigin, GitUrl, InstanceName};

/// The name that each message of the handshake carries.
pub const NAMESPACE: &str = "peertube-deploy";
/// The version of the protocol.
pub const VERSION: u32 = 1;
/// The longest text that is looked at, in bytes.
const LONGEST: usize = 4096;

/// A value of a message, as it came: of any kind, any depth, by anybody.
pub trait Value: Sized {
    /// The member of this name, when there is one.
    fn member(&self, name: &str) -> Option<Self>;
    /// The text that it is.
    fn text(&self) -> Option<String>;
    /// The number that it is.
    fn number(&self) -> Option<f64>;

    /// The member that is a text of at most 4 KiB.
    fn text_at(&self, name: &str) -> Option<String> {
        let text = self.member(name)?.text()?;
        (text.len() <= LONGEST).then_some(text)
    }
}

/// The door: who may talk to the widget.
#[derive(Debug)]
pub struct Gate {
    id: String,
    origins: String,
    open: bool,
}

impl Gate {
    /// A closed door. `id` is what the `syn` says, new for each load of the frame; `origins` are those
    /// that the site allows, with a space between them, as in `https://a.example https://b.example`.
    pub fn new(id: String, origins: &str) -> Self {
        Self {
            id,
            origins: origins.to_owned(),
            open: false,
        }
    }

    /// The `syn`.
    pub fn syn(&self) -> String {
        let syn = Message(String::new())
            .text("ns", NAMESPACE)
            .text("type", "syn");
        syn.put("v", "[1,1]").text("id", &self.id).end()
    }

    /// Whether this message opens the door, once: an `ack` of this `syn`, by the parent itself, of an
    /// origin that the site allows, in a version that is spoken here.
    pub fn ack(&mut self, from_parent: bool, origin: &str, message: &impl Value) -> bool {
        let known = [("ns", NAMESPACE), ("type", "ack"), ("id", &self.id)];
        let mut said = known.into_iter();
        let version = message.member("v").and_then(|v| v.number());
        let welcome = !self.open
            && from_parent
            && !origin.is_empty()
            && self.origins.split(' ').any(|allowed| allowed == origin)
            && said.all(|(name, text)| message.text_at(name).as_deref() == Some(text))
            && version == Some(f64::from(VERSION));
        self.open |= welcome;
        welcome
    }
}

/// What the page asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// How the widget is to be.
    Config(Config),
    /// The focus, at the widget's beginning.
    Focus,
    /// The form as it was before anything was typed.
    Reset,
}

impl Ask {
    /// What a message over the port asks for; nothing when it is none of these. `git` are the
    /// origins that the operator allows beside the public ones.
    pub fn read(message: &impl Value, git: &[GitOrigin]) -> Option<Self> {
        match message.text_at("type")?.as_str() {
            "config" => Some(Self::Config(Config::read(message, git))),
            "focus" => Some(Self::Focus),
            "reset" => Some(Self::Reset),
            _ => None,
        }
    }
}

/// How the page wants the widget to be. Theme, accent and radius are the style sheet's business.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// A token of the site's, that lets its visitor deploy.
    pub grant: Option<String>,
    /// What the form begins with.
    pub prefill: Prefill,
}

impl Config {
    fn read(message: &impl Value, git: &[GitOrigin]) -> Self {
        let prefill = message.member("prefill");
        let prefill = prefill.map(|prefill| Prefill::read(&prefill, git));
        Self {
            grant: message.text_at("grant"),
            prefill: prefill.unwrap_or_default(),
        }
    }
}

/// What a page may fill in for its visitor. Not the SSH key and not the administrator's e-mail: who
/// chooses those owns what is deployed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prefill {
    /// Fields, each as its own parser took it.
    pub fields: Vec<(Field, String)>,
}

impl Prefill {
    fn read(prefill: &impl Value, git: &[GitOrigin]) -> Self {
        let fields = [
            Field::Size,
            Field::Location,
            Field::Name,
            Field::Domain,
            Field::GitUrl,
        ];
        let read = |field: Field| {
            let text = prefill.text_at(field.key())?.trim().to_owned();
            allowed(field, &text, git).then_some((field, text))
        };
        Self {
            fields: fields.into_iter().filter_map(read).collect(),
        }
    }
}

/// Whether a page may fill this in. Whether it is on offer is the catalogue's to say.
fn allowed(field: Field, text: &str, git: &[GitOrigin]) -> bool {
    match field {
        Field::Size | Field::Location | Field::Domain => !text.is_empty(),
        Field::Name => text.parse::<InstanceName>().is_ok(),
        Field::GitUrl => GitUrl::parse(text, git).is_ok(),
        Field::SshKey | Field::AdminEmail => false,
    }
}

/// What the widget tells the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Tell {
    /// The form lives.
    Ready,
    /// How high the widget is, in CSS pixels.
    Resize(u32),
    /// Whether no error is shown, and whether everything is there that an order needs.
    Change {
        /// No error is shown.
        valid: bool,
        /// An order could be sent.
        complete: bool,
    },
    /// An order was accepted: the deployment's id.
    Submit(String),
    /// A step runs.
    Progress {
        /// Its number, from 1.
        step: u32,
        /// How many there are.
        of: u32,
        /// Its name, as in the API.
        name: &'static str,
    },
    /// It is ready.
    Success {
        /// The deployment's id.
        id: String,
        /// Where it is.
        url: String,
    },
    /// It failed: the code, as in the API.
    Error(&'static str),
    /// The focus has left the widget by the keyboard.
    FocusExit {
        /// Towards what comes after it, and not before.
        forward: bool,
    },
}

impl Tell {
    /// The message.
    pub fn to_json(&self) -> String {
        let message = Message(String::new());
        let message = match self {
            Self::Ready => message.text("type", "ready").number("version", VERSION),
            Self::Resize(height) => message.text("type", "resize").number("height", *height),
            Self::Change { valid, complete } => message
                .text("type", "change")
                .flag("valid", *valid)
                .flag("complete", *complete),
            Self::Submit(id) => message.text("type", "submit").text("id", id),
            Self::Progress { step, of, name } => message
                .text("type", "progress")
                .number("step", *step)
                .number("of", *of)
                .text("name", name),
            Self::Success { id, url } => message
                .text("type", "success")
                .text("id", id)
                .text("url", url),
            Self::Error(code) => message.text("type", "error").text("code", code),
            Self::FocusExit { forward } => message
                .text("type", "focus-exit")
                .text("direction", if *forward { "forward" } else { "backward" }),
        };
        message.end()
    }
}

/// A message being written, as JSON.
struct Message(String);

impl Message {
    /// What JSON would escape is in no id, address or code: it is left out.
    fn text(self, name: &str, text: &str) -> Self {
        let plain = |c: &char| !c.is_ascii_control() && *c != '"' && *c != '\\';
        let mut quoted = String::from("\"");
        quoted.extend(text.chars().filter(plain));
        quoted.push('"');
        self.put(name, &quoted)
    }

    fn number(self, name: &str, number: u32) -> Self {
        self.put(name, &number.to_string())
    }

    fn flag(self, name: &str, flag: bool) -> Self {
        self.put(name, if flag { "true" } else { "false" })
    }

    fn put(mut self, name: &str, value: &str) -> Self {
        let before = if self.0.is_empty() { "{\"" } else { ",\"" };
        for part in [before, name, "\":", value] {
            self.0.push_str(part);
        }
        self
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
