//! What can be known before anything is paid, asked of those who know it, side by side.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use grid::{DomainKind, GridError, NodeId, Placement, PreflightError, Want};

use super::candidates::{full_name, storage};
use super::plan::Ground;
use super::{ThreefoldGrid, at_node, trouble};
use crate::node::PublicConfig;
use crate::rmb::{BusError, Refusal};

/// What a check brings to light.
enum Finding {
    Nothing,
    Machine { ports: Vec<u16> },
    Gateway { ip: IpAddr, ports: Vec<u16> },
}

type Check<'a> = Pin<Box<dyn Future<Output = Result<Finding, PreflightError>> + Send + 'a>>;

impl ThreefoldGrid {
    /// Asks all at once. The first certain no ends it; what nobody answers is told when there is none.
    pub(super) async fn check(
        &self,
        want: &Want,
        placement: &Placement,
    ) -> Result<Ground, PreflightError> {
        let mut checks: FuturesUnordered<Check> = FuturesUnordered::new();
        checks.push(Box::pin(self.check_verified()));
        checks.push(Box::pin(self.check_money(want)));
        checks.push(Box::pin(self.check_name(want)));
        checks.push(Box::pin(self.check_machine(want, placement.node)));
        checks.push(Box::pin(self.check_gateway(want, placement.gateway)));
        let (mut unknown, mut machine, mut gateway) = (None, None, None);
        while let Some(found) = checks.next().await {
            match found {
                Ok(Finding::Nothing) => {}
                Ok(Finding::Machine { ports }) => machine = Some(ports),
                Ok(Finding::Gateway { ip, ports }) => gateway = Some((ip, ports)),
                Err(PreflightError::Grid(error)) if error.is_transient() => unknown = Some(error),
                Err(certain) => return Err(certain),
            }
        }
        match (unknown, machine, gateway) {
            (Some(error), ..) => Err(error.into()),
            (None, Some(machine_ports), Some((gateway, gateway_ports))) => Ok(Ground {
                gateway,
                machine_ports,
                gateway_ports,
            }),
            // Each check either finds or fails.
            _ => Err(GridError::unreachable("the nodes", "they said nothing").into()),
        }
    }

    async fn check_verified(&self) -> Result<Finding, PreflightError> {
        let status = self.kyc.twin(self.payer.twin()).await.map_err(trouble)?;
        match status.is_verified() {
            true => Ok(Finding::Nothing),
            false => Err(PreflightError::NotVerified),
        }
    }

    async fn check_money(&self, want: &Want) -> Result<Finding, PreflightError> {
        let hours = self.hours(want).await?;
        match hours >= u64::from(want.hours) {
            true => Ok(Finding::Nothing),
            false => Err(PreflightError::NotEnoughMoney { hours }),
        }
    }

    /// A name contract that is free, or a domain that leads to the gateway: see
    /// [`ThreefoldGrid::check_gateway`].
    async fn check_name(&self, want: &Want) -> Result<Finding, PreflightError> {
        if want.domain_kind == DomainKind::GatewayName
            && !self.payer.name_is_free(&want.name).await?
        {
            return Err(PreflightError::NameTaken);
        }
        Ok(Finding::Nothing)
    }

    async fn check_machine(&self, want: &Want, id: NodeId) -> Result<Finding, PreflightError> {
        let node = self.node(id).await?;
        let asked = tokio::try_join!(
            self.can_be_written_to(node.twin()),
            node.statistics(),
            node.pools(),
            node.has_ipv6(),
            node.wireguard_ports()
        );
        let ((), statistics, pools, ipv6, ports) =
            asked.map_err(|error| self.silence(id, error, PreflightError::NodeSilent(id)))?;
        let free = statistics.free();
        // A disk lies on one SSD.
        let one_fits = pools
            .iter()
            .any(|pool| pool.kind == "ssd" && pool.size.saturating_sub(pool.used) >= want.disk);
        let fits = free.cru >= want.vcpu.into() && free.mru >= want.memory;
        if !fits || free.sru < storage(want) || !one_fits {
            return Err(PreflightError::NoRoom(id));
        }
        match ipv6 {
            true => Ok(Finding::Machine { ports }),
            false => Err(PreflightError::NoIpv6(id)),
        }
    }

    async fn check_gateway(&self, want: &Want, id: NodeId) -> Result<Finding, PreflightError> {
        let node = self.node(id).await?;
        let asked = tokio::try_join!(
            self.can_be_written_to(node.twin()),
            node.public_config(),
            node.wireguard_ports()
        );
        let ((), config, ports) =
            asked.map_err(|error| self.silence(id, error, PreflightError::GatewaySilent(id)))?;
        let who = format!("gateway {id}");
        let config = config.unwrap_or_default();
        let Some(ip) = config.ipv4.ip().or(config.ipv6.ip()) else {
            return Err(GridError::rejected(who, "it has no public address any more").into());
        };
        match want.domain_kind {
            DomainKind::GatewayName if !config.domain.eq_ignore_ascii_case(&want.domain) => {
                let why = format!("it serves `{}`, not `{}`", config.domain, want.domain);
                return Err(GridError::rejected(who, why).into());
            }
            DomainKind::GatewayName => {}
            DomainKind::GatewayFqdn => self.check_dns(want, id, &config).await?,
        }
        Ok(Finding::Gateway { ip, ports })
    }

    /// The node looks the name up when it is deployed, and refuses what does not lead to itself.
    async fn check_dns(
        &self,
        want: &Want,
        gateway: NodeId,
        config: &PublicConfig,
    ) -> Result<(), PreflightError> {
        let host = full_name(want);
        if is_under(&host, &config.domain) {
            let why = format!(
                "it serves {} itself, and {host} would be under it; offer a domain of your own, or \
                 this one with the kind `gateway-name`",
                config.domain
            );
            return Err(GridError::rejected(format!("gateway {gateway}"), why).into());
        }
        let found = self.look_up(&host).await?;
        let own: Vec<IpAddr> = [config.ipv4.ip(), config.ipv6.ip()]
            .into_iter()
            .flatten()
            .collect();
        if found.iter().any(|ip| own.contains(ip)) {
            return Ok(());
        }
        let list = |addresses: &[IpAddr]| {
            let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            texts.join(" and ")
        };
        let leads = match found.as_slice() {
            [] => "nowhere".to_owned(),
            found => format!("to {}", list(found)),
        };
        let why = format!(
            "{host} leads {leads}; let the record *.{} lead to gateway {gateway}: {}",
            want.domain,
            list(&own)
        );
        Err(GridError::rejected("the DNS", why).into())
    }

    /// Deployments hold secrets: a node without a key for messages is no use.
    async fn can_be_written_to(&self, twin: u32) -> Result<(), BusError> {
        let peer = self.peers.peer(twin).await;
        match peer.map_err(|why| BusError::Peer { twin, why })?.key {
            Some(_) => Ok(()),
            None => Err(BusError::InTheClear { twin }),
        }
    }

    /// The node's silence, or our own trouble.
    fn silence(&self, node: NodeId, error: BusError, silent: PreflightError) -> PreflightError {
        let ours = match &error {
            BusError::NotConnected { .. } | BusError::Peer { .. } | BusError::Message(_) => true,
            BusError::Refused(refusal) => matches!(
                refusal,
                Refusal::WrongSource
                    | Refusal::NoDestination
                    | Refusal::TooMany
                    | Refusal::Keys(_)
                    | Refusal::Expired
            ),
            BusError::Silent { .. }
            | BusError::NotUnderstood { .. }
            | BusError::InTheClear { .. } => false,
        };
        if ours {
            return at_node(node, &error).into();
        }
        self.memory.failed(node, &error.to_string());
        silent
    }
}

/// As the node sees it, which compares letters and not labels: `myava.tf` is under `ava.tf`.
fn is_under(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    !domain.is_empty() && host.ends_with(&domain)
}
