//! Where a machine could go, by the directory alone: which nodes, in which order, and why.

use std::cmp::Reverse;
use std::net::IpAddr;

use grid::{DomainKind, GridError, Placement, Want};

use super::{ThreefoldGrid, countries, trouble};
use crate::deployment::{Cidr, Compute, Zmachine};
use crate::directory::{Node, NodeFilter, Status};

/// What a machine's node has to be able to.
const FEATURES: [&str; 4] = ["zmachine", "network", "zmount", "ip"];

/// A node for the machine, and why it stands where it does in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As the directory has it.
    pub node: Node,
    /// For people.
    pub reason: String,
}

impl ThreefoldGrid {
    /// The nodes with room, best first. A node that has failed lately is not among them.
    ///
    /// # Errors
    /// [`GridError`], when the directory does not say.
    pub async fn machines(&self, want: &Want) -> Result<Vec<Candidate>, GridError> {
        let countries = match want.location.country.as_str() {
            "" => vec![None],
            country => countries::names(country).into_iter().map(Some).collect(),
        };
        let mut nodes = Vec::new();
        for country in countries {
            let filter = filter(want, self.payer.twin(), country);
            nodes.extend(self.directory.nodes(&filter).await.map_err(trouble)?);
        }
        nodes.retain(|node| match self.memory.why_not(node.id) {
            None => true,
            Some(why) => {
                tracing::debug!(node = node.id, why, "no candidate");
                false
            }
        });
        Ok(rank(nodes, want))
    }

    /// The gateways that serve the domain, best first.
    ///
    /// # Errors
    /// [`GridError`], when the directory or the DNS does not say.
    pub async fn gateways(&self, want: &Want) -> Result<Vec<Node>, GridError> {
        let filter = NodeFilter {
            status: vec![Status::Up],
            domain: Some(true),
            ipv4: Some(true),
            ..NodeFilter::default()
        };
        let mut gateways = self.directory.gateways(&filter).await.map_err(trouble)?;
        let pointed_at = match want.domain_kind {
            DomainKind::GatewayName => {
                gateways.retain(|node| node.public.domain.eq_ignore_ascii_case(&want.domain));
                Vec::new()
            }
            DomainKind::GatewayFqdn if want.name.is_empty() => Vec::new(),
            DomainKind::GatewayFqdn => self.look_up(&full_name(want)).await?,
        };
        gateways.sort_by_key(|node| {
            let failed = self.memory.why_not(node.id).is_some();
            (
                !is_one_of(node, &pointed_at),
                failed,
                !node.healthy,
                node.id,
            )
        });
        Ok(gateways)
    }

    /// Every placement, best first.
    pub(super) async fn placements(&self, want: &Want) -> Result<Vec<Placement>, GridError> {
        let (machines, gateways) = tokio::try_join!(self.machines(want), self.gateways(want))?;
        let Some(gateway) = gateways.first() else {
            let why = format!("no gateway that is up serves {}", want.domain);
            return Err(GridError::rejected("the directory", why));
        };
        let apart = machines.into_iter().filter(|one| one.node.id != gateway.id);
        Ok(apart
            .map(|one| {
                tracing::debug!(node = one.node.id, one.reason, "candidate");
                Placement {
                    node: one.node.id,
                    gateway: gateway.id,
                }
            })
            .collect())
    }

    pub(super) async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, GridError> {
        let found = self.dns.addresses(host).await;
        found.map_err(|error| GridError::unreachable("the DNS", format!("{host}: {error}")))
    }
}

/// `name.domain`
pub(super) fn full_name(want: &Want) -> String {
    format!("{}.{}", want.name, want.domain)
}

/// The SSD that a deployment takes: its disk, and the machine's root disk.
pub(super) fn storage(want: &Want) -> u64 {
    let machine = Zmachine {
        compute_capacity: Compute {
            cpu: u8::try_from(want.vcpu).unwrap_or(u8::MAX),
            memory: want.memory,
        },
        ..Zmachine::default()
    };
    want.disk.saturating_add(machine.root_size())
}

fn filter(want: &Want, twin: u32, country: Option<&str>) -> NodeFilter {
    let city = &want.location.city;
    NodeFilter {
        status: vec![Status::Up],
        healthy: Some(true),
        has_ipv6: Some(true),
        available_for: Some(twin),
        total_cru: Some(want.vcpu.into()),
        free_mru: Some(want.memory),
        free_sru: Some(storage(want)),
        country: country.map(str::to_owned),
        city: (!city.is_empty()).then(|| city.clone()),
        farms: want.location.farms.clone(),
        features: FEATURES.map(str::to_owned).to_vec(),
        ..NodeFilter::default()
    }
}

/// Without a fee beside the price first, then certified hardware, then the emptiest: there, neighbours
/// disturb least. Numbers decide the rest, so that the order can be had again.
fn rank(mut nodes: Vec<Node>, want: &Want) -> Vec<Candidate> {
    // Once with each of a country's names at most.
    nodes.sort_by_key(|node| node.id);
    nodes.dedup_by_key(|node| node.id);
    nodes.sort_by_key(|node| {
        let room = machines_more(node, want);
        (node.extra_fee, !node.certified, Reverse(room), node.id)
    });
    let reason = |node: &Node| {
        let certified = if node.certified {
            "certified"
        } else {
            "not certified"
        };
        let (room, fee) = (machines_more(node, want), node.extra_fee);
        format!(
            "{certified}, room for {room} like it, extra fee {fee} mUSD, farm {}",
            node.farm
        )
    };
    let candidate = |node: Node| Candidate {
        reason: reason(&node),
        node,
    };
    nodes.into_iter().map(candidate).collect()
}

/// How many machines like this one would find room.
fn machines_more(node: &Node, want: &Want) -> u64 {
    let free = node.free();
    (free.mru / want.memory.max(1)).min(free.sru / storage(want).max(1))
}

/// Whether the node is reached at one of these.
fn is_one_of(node: &Node, addresses: &[IpAddr]) -> bool {
    let public = [&node.public.ipv4, &node.public.ipv6];
    let own = public.map(|text| text.parse::<Cidr>().ok().and_then(|cidr| cidr.ip()));
    own.into_iter().flatten().any(|ip| addresses.contains(&ip))
}
