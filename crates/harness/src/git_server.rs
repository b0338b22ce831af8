//! A git server: the real `git http-backend` behind a small HTTP server, serving the repositories of
//! one directory. Needs the `git` binary.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use tokio::{io::AsyncWriteExt, net::TcpListener, task::JoinHandle};

/// Which version of git's protocol a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// Whatever the client asks for is ignored.
    V0,
    /// Version 1, whatever the client asks for.
    V1,
    /// What the client asks for, up to version 2.
    V2,
}

/// A running git server on loopback; ends when dropped.
pub struct GitServer {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

struct Backend {
    root: PathBuf,
    speaks: Speaks,
    requests: Arc<AtomicUsize>,
    answers: Option<Answers>,
}

/// What `git http-backend` said to each question.
type Answers = Mutex<HashMap<Question, Vec<u8>>>;

/// Method, path and query, `Git-Protocol`, body.
type Question = (Method, Uri, Option<HeaderValue>, Bytes);

impl GitServer {
    /// Serves every repository under `root` on a port of the system's choice.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(root: &Path, speaks: Speaks) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Self::start_on(listener, root, speaks)
    }

    /// The same on a listener that is already bound.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn start_on(listener: TcpListener, root: &Path, speaks: Speaks) -> io::Result<Self> {
        Self::run(listener, root, speaks, None)
    }

    /// The same as [`GitServer::start`], but asks `git http-backend` each question once and repeats
    /// its answer: to measure clients, and not how fast this machine starts programs.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_repeating(root: &Path, speaks: Speaks) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Self::run(listener, root, speaks, Some(Mutex::default()))
    }

    fn run(
        listener: TcpListener,
        root: &Path,
        speaks: Speaks,
        answers: Option<Answers>,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let requests = Arc::new(AtomicUsize::new(0));
        let backend = Backend {
            root: root.to_owned(),
            speaks,
            requests: Arc::clone(&requests),
            answers,
        };
        let app = Router::new().fallback(serve).with_state(Arc::new(backend));
        let task = tokio::spawn(async move {
            // Ends with the task alone.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            address,
            requests,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://localhost:port`
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// How many requests it has had.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Makes the bare repository `<root>/<name>.git` with these files in one commit on `main`, and
/// returns the commit.
///
/// # Errors
/// When `git` is not there or fails; its words are in the error.
pub fn make_repository(root: &Path, name: &str, files: &[(&str, &str)]) -> io::Result<String> {
    let bare = make_empty_repository(root, name)?;
    let work = root.join(format!("{name}.work"));
    git(root, &["clone", "--quiet", path(&bare), path(&work)])?;
    for (file, text) in files {
        let file = work.join(file);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(file, text)?;
    }
    git(&work, &["add", "."])?;
    git(
        &work,
        &[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "Settings",
        ],
    )?;
    git(
        &work,
        &["push", "--quiet", "origin", "HEAD:refs/heads/main"],
    )?;
    std::fs::remove_dir_all(work)?;
    git(&bare, &["rev-parse", "main"])
}

/// Makes the bare repository `<root>/<name>.git` without commits; its `HEAD` is `main`.
///
/// # Errors
/// As [`make_repository`].
pub fn make_empty_repository(root: &Path, name: &str) -> io::Result<PathBuf> {
    let bare = root.join(format!("{name}.git"));
    git(
        root,
        &[
            "init",
            "--quiet",
            "--bare",
            "--initial-branch=main",
            path(&bare),
        ],
    )?;
    Ok(bare)
}

/// Runs `git` in a directory, without the user's own configuration, and returns what it prints.
///
/// # Errors
/// When it is not there or fails; its words are in the error.
pub fn git(directory: &Path, arguments: &[&str]) -> io::Result<String> {
    let mut command = Command::new("git");
    command.current_dir(directory).args(arguments);
    for (key, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Somebody"),
        ("GIT_AUTHOR_EMAIL", "somebody@example.org"),
        ("GIT_COMMITTER_NAME", "Somebody"),
        ("GIT_COMMITTER_EMAIL", "somebody@example.org"),
        ("GIT_TERMINAL_PROMPT", "0"),
    ] {
        command.env(key, value);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = command.output()?;
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).trim_end().to_owned())
    } else {
        let said = String::from_utf8_lossy(&stderr);
        Err(io::Error::other(format!(
            "git {}: {}",
            arguments.join(" "),
            said.trim_end()
        )))
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

async fn serve(State(backend): State<Arc<Backend>>, request: Request) -> Response {
    backend.requests.fetch_add(1, Ordering::SeqCst);
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1 << 20).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match backend.respond(parts, body).await {
        Ok(response) => response,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

impl Backend {
    async fn respond(&self, parts: Parts, body: Bytes) -> io::Result<Response> {
        let protocol = parts.headers.get("git-protocol").cloned();
        let question = (parts.method, parts.uri, protocol, body);
        if let Some(answers) = &self.answers {
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = answers.get(&question) {
                return answer(known);
            }
        }
        let (method, uri, _, body) = &question;
        let output = self.ask(method, uri, &parts.headers, body).await?;
        let response = answer(&output)?;
        if let Some(answers) = &self.answers {
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.insert(question, output);
        }
        Ok(response)
    }

    /// One request as a CGI program sees it (RFC 3875; git-http-backend(1)).
    async fn ask(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> io::Result<Vec<u8>> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let mut command = tokio::process::Command::new("git");
        command
            .arg("http-backend")
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("REQUEST_METHOD", method.as_str())
            .env("PATH_INFO", uri.path())
            .env("QUERY_STRING", uri.query().unwrap_or_default())
            .env(
                "CONTENT_TYPE",
                text(header::CONTENT_TYPE.as_str()).unwrap_or_default(),
            )
            .env("CONTENT_LENGTH", body.len().to_string())
            .env("REMOTE_ADDR", "127.0.0.1")
            .env_remove("GIT_PROTOCOL");
        if let Some(coding) = text(header::CONTENT_ENCODING.as_str()) {
            command.env("HTTP_CONTENT_ENCODING", coding);
        }
        match (self.speaks, text("git-protocol")) {
            (Speaks::V1, _) => command.env("GIT_PROTOCOL", "version=1"),
            (Speaks::V2, Some(asked)) => command.env("GIT_PROTOCOL", asked),
            _ => &mut command,
        };
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(body).await?;
        }
        Ok(child.wait_with_output().await?.stdout)
    }
}

/// A CGI program's output as an HTTP answer.
fn answer(output: &[u8]) -> io::Result<Response> {
    let end = output.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| io::Error::other("git http-backend sent no headers"))?;
    let mut response = Response::builder();
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        response = if name.eq_ignore_ascii_case("status") {
            response.status(value.split(' ').next().unwrap_or_default())
        } else {
            response.header(name, value)
        };
    }
    response
        .body(Body::from(output[end + 4..].to_vec()))
        .map_err(io::Error::other)
}
