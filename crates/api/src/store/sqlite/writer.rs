//! The one writer. A commit waits for the disk; the changes that come meanwhile are committed together
//! next, so many a second cost as many waits as there are commits, not changes.

use futures_util::future::BoxFuture;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};

use crate::store::StoreError;

/// No more changes than this are committed together.
const TOGETHER: usize = 256;

/// The way to the writer. It ends when this is dropped and what was sent is done.
#[derive(Debug)]
pub(super) struct Writer {
    changes: mpsc::Sender<Change>,
}

/// A change: what it does with the database, or with the reason why it cannot be done; and, once that
/// is known, what it does with the news of the commit.
type Change =
    Box<dyn for<'c> FnOnce(Result<&'c mut SqliteConnection, String>) -> BoxFuture<'c, Done> + Send>;

struct Done {
    /// Whether what it wrote is to be kept.
    keep: bool,
    answer: Answer,
}

type Answer = Box<dyn FnOnce(Result<(), String>) + Send>;

impl Writer {
    /// Starts it, with a connection of its own.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub(super) async fn start(options: &SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let options = options.clone();
        let mut open = Some(SqliteConnection::connect_with(&options).await?);
        let (changes, mut waiting) = mpsc::channel(TOGETHER);
        tokio::spawn(async move {
            let mut together = Vec::new();
            while waiting.recv_many(&mut together, TOGETHER).await > 0 {
                let db = match open.take() {
                    Some(db) => Ok(db),
                    None => SqliteConnection::connect_with(&options).await,
                };
                open = commit(db, &mut together).await;
            }
            if let Some(db) = open {
                // The last one to close checkpoints the log; whatever comes of it, all is committed.
                let _ = db.close().await;
            }
        });
        Ok(Self { changes })
    }

    /// Makes a change. Its answer is given when it is on the disk; an error undoes it, and it alone.
    ///
    /// # Errors
    /// The change's own, or [`StoreError::NotWritten`].
    pub(super) async fn make<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let change: Change = Box::new(|db| {
            Box::pin(async move {
                let made = match db {
                    Ok(db) => change(db).await,
                    Err(why) => Err(StoreError::NotWritten(why)),
                };
                Done {
                    keep: made.is_ok(),
                    answer: Box::new(|committed| {
                        // Whoever asked may have gone: a visitor who closed the page.
                        let _ = answer.send(match committed {
                            Ok(()) => made,
                            Err(why) => made.and(Err(StoreError::NotWritten(why))),
                        });
                    }),
                }
            })
        });
        let gone = || StoreError::NotWritten("the service is ending".into());
        self.changes.send(change).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

/// Gives the connection back if it can be used again: after an error of the disk SQLite may have ended
/// the transaction by itself, and nobody knows in what state it is.
async fn commit(
    db: Result<SqliteConnection, sqlx::Error>,
    together: &mut Vec<Change>,
) -> Option<SqliteConnection> {
    let mut answers = Vec::with_capacity(together.len());
    let mut changes = together.drain(..);
    let committed = match db {
        Ok(mut db) => {
            let committed = attempt(&mut db, &mut changes, &mut answers).await;
            committed.map(|()| db)
        }
        Err(error) => Err(error),
    };
    let (db, committed) = match committed {
        Ok(db) => (Some(db), Ok(())),
        Err(error) => (None, Err(error.to_string())),
    };
    if let Err(why) = &committed {
        tracing::error!(%why, "the database did not take what was to be written");
        for change in changes {
            answers.push(change(Err(why.clone())).await.answer);
        }
    }
    for answer in answers {
        answer(committed.clone());
    }
    db
}

async fn attempt(
    db: &mut SqliteConnection,
    changes: impl Iterator<Item = Change>,
    answers: &mut Vec<Answer>,
) -> Result<(), sqlx::Error> {
    // The lock is taken at the start, so that no change finds out half-way that another process has it.
    let mut all = db.begin_with("BEGIN IMMEDIATE").await?;
    for change in changes {
        let mut one = all.begin().await?;
        let done = change(Ok(&mut one)).await;
        answers.push(done.answer);
        if done.keep {
            one.commit().await?;
        } else {
            one.rollback().await?;
        }
    }
    all.commit().await
}
