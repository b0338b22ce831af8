//! Whether everything stands that a deployment needs, part by part, for the operator.

use std::sync::Arc;

use grid::{Grid, Want};

use super::prices::PriceList;
use super::{Settings, ThreefoldGrid};
use crate::Identity;
use crate::chain::{Block, Chain};
use crate::directory::{Directory, NodeFilter};
use crate::kyc::Kyc;

/// One part and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part.
    pub what: String,
    /// What was seen, or what is wrong and what to do.
    pub result: Result<String, String>,
}

/// How many nodes of a place are asked before it is said to have none.
const ASKED: usize = 3;

/// Looks at all of it; pays and changes nothing. `wants` are what is on offer, each with a name for
/// people.
pub async fn checkup(
    settings: &Settings,
    identity: &Arc<Identity>,
    wants: &[(String, Want)],
) -> Vec<Finding> {
    let mut seen = Seen::default();
    seen.note("account", Ok::<_, String>(identity.account().to_string()));
    let chain = Chain::with_patience(&settings.chain, settings.chain_patience);
    let block = chain.finalized().await;
    let at = |block: &Block| format!("block {}", block.number());
    seen.note("chain", block.as_ref().map(at));
    if let Ok(block) = &block {
        on_chain(&mut seen, block, settings, identity, wants).await;
    }
    let directory = Directory::new(
        &settings
            .directory
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
    );
    let answers = match directory {
        Ok(directory) => {
            let one = directory.some_nodes(&NodeFilter::default(), 1).await;
            one.map(|_| "answers".to_owned()).map_err(|e| e.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    seen.note("directory", answers);
    if block.is_err() {
        return seen.0;
    }
    match ThreefoldGrid::connect(settings.clone(), Arc::clone(identity)).await {
        Ok(grid) => {
            for (label, want) in wants {
                seen.note(label, place(&grid, want).await);
            }
        }
        Err(error) => seen.note("message bus", Err::<String, _>(error)),
    }
    seen.0
}

#[derive(Default)]
struct Seen(Vec<Finding>);

impl Seen {
    fn note(&mut self, what: &str, result: Result<impl ToString, impl ToString>) {
        self.0.push(Finding {
            what: what.to_owned(),
            result: result
                .map(|seen| seen.to_string())
                .map_err(|wrong| wrong.to_string()),
        });
    }
}

/// Twin, verification, money.
async fn on_chain(
    seen: &mut Seen,
    block: &Block,
    settings: &Settings,
    identity: &Arc<Identity>,
    wants: &[(String, Want)],
) {
    let account = identity.account();
    let twin = block.twin_of(&account).await;
    let key = identity.message_key().public();
    seen.note(
        "twin",
        match &twin {
            Ok(None) => Err("there is none for this account".to_owned()),
            Ok(Some(twin)) if twin.key.as_deref() != Some(key.as_bytes().as_slice()) => Err(
                format!("twin {} lacks this account's key for messages", twin.id),
            ),
            Ok(Some(twin)) => match twin.relay.as_deref() {
                None | Some("") => Err(format!("twin {} has no relay", twin.id)),
                Some(relay) => Ok(format!("{}, reached by {relay}", twin.id)),
            },
            Err(error) => Err(error.to_string()),
        },
    );
    if let Ok(Some(twin)) = &twin {
        let kyc = Kyc::new(&settings.kyc.iter().map(String::as_str).collect::<Vec<_>>());
        let status = match kyc {
            Ok(kyc) => kyc.twin(twin.id).await.map_err(|e| e.to_string()),
            Err(error) => Err(error.to_string()),
        };
        seen.note(
            "verification",
            status.and_then(|status| match status.is_verified() {
                true => Ok("verified"),
                false => Err(format!(
                    "twin {} is not verified, and nodes refuse it: verify its owner on ThreeFold's \
                     dashboard",
                    twin.id
                )),
            }),
        );
    }
    seen.note("money", money(block, identity, wants).await);
}

/// Enough for the dearest on offer?
async fn money(
    block: &Block,
    identity: &Arc<Identity>,
    wants: &[(String, Want)],
) -> Result<String, String> {
    let account = identity.account();
    let looked = tokio::try_join!(block.balance(&account), PriceList::at(block));
    let (balance, list) = looked.map_err(|error| error.to_string())?;
    let mut least: Option<(u64, &Want)> = None;
    for (_, want) in wants {
        let hours = list
            .hours(want, &balance)
            .map_err(|error| error.to_string())?;
        if least.is_none_or(|(fewest, _)| hours < fewest) {
            least = Some((hours, want));
        }
    }
    let usable = balance.usable;
    match least {
        Some((hours, want)) if hours < u64::from(want.hours) => Err(format!(
            "{usable} pay {hours} hours of the largest size, {} are asked for (`paid_hours`): send TFT \
             to the account",
            want.hours
        )),
        Some((hours, _)) => Ok(format!("{usable}, {hours} hours of the largest size")),
        None => Ok(usable.to_string()),
    }
}

/// A node there and the gateway answer and would take it.
async fn place(grid: &ThreefoldGrid, want: &Want) -> Result<String, String> {
    let candidates = grid.candidates(want).await.map_err(|e| e.to_string())?;
    let mut no = "no node has room for it: offer another place or a smaller size".to_owned();
    for placement in candidates.iter().take(ASKED) {
        match grid.preflight(want, placement).await {
            Ok(()) => {
                return Ok(format!(
                    "{} node(s) with room; node {} and gateway {} answer",
                    candidates.len(),
                    placement.node,
                    placement.gateway
                ));
            }
            Err(error) => no = error.to_string(),
        }
    }
    Err(no)
}
