//! What is looked for. A filter that is not set lets everything pass.

use std::fmt::Display;

use super::{ContractState, Parameter, Status};

/// Which nodes, or gateways. There is none for free processors, because they are shared: compare
/// [`NodeFilter::total_cru`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeFilter {
    /// One of these.
    pub status: Vec<Status>,
    /// Its own tests pass.
    pub healthy: Option<bool>,
    /// Machines on it can have public IPv6 addresses.
    pub has_ipv6: Option<bool>,
    /// It is reached by IPv4 itself.
    pub ipv4: Option<bool>,
    /// It is reached by IPv6 itself.
    pub ipv6: Option<bool>,
    /// It serves names under a domain.
    pub domain: Option<bool>,
    /// At least so much memory is free, bytes.
    pub free_mru: Option<u64>,
    /// At least so much SSD is free, bytes.
    pub free_sru: Option<u64>,
    /// At least so much hard disk is free, bytes.
    pub free_hru: Option<u64>,
    /// It has at least so many processors.
    pub total_cru: Option<u64>,
    /// Its farm has at least so many IPv4 addresses that are free.
    pub free_ips: Option<u64>,
    /// The country's name, whole.
    pub country: Option<String>,
    /// The city's name, whole.
    pub city: Option<String>,
    /// The region's name, whole.
    pub region: Option<String>,
    /// Of one of these farms.
    pub farms: Vec<u32>,
    /// One of these.
    pub nodes: Vec<u32>,
    /// None of these.
    pub excluded: Vec<u32>,
    /// The one with this twin.
    pub twin: Option<u32>,
    /// Not rented by somebody else than this twin, and not to be rented as a whole.
    pub available_for: Option<u32>,
    /// Rented as a whole.
    pub rented: Option<bool>,
    /// Certified hardware.
    pub certified: Option<bool>,
    /// It can all of these: `zmachine`, `network`, `zmount`, `ip` …
    pub features: Vec<String>,
}

impl NodeFilter {
    pub(super) fn query(&self) -> Vec<Parameter> {
        let mut query = Query::default();
        query.status("status", &self.status);
        query.maybe("healthy", self.healthy.as_ref());
        query.maybe("has_ipv6", self.has_ipv6.as_ref());
        query.maybe("ipv4", self.ipv4.as_ref());
        query.maybe("ipv6", self.ipv6.as_ref());
        query.maybe("domain", self.domain.as_ref());
        query.maybe("free_mru", self.free_mru.as_ref());
        query.maybe("free_sru", self.free_sru.as_ref());
        query.maybe("free_hru", self.free_hru.as_ref());
        query.maybe("total_cru", self.total_cru.as_ref());
        query.maybe("free_ips", self.free_ips.as_ref());
        query.maybe("country", self.country.as_ref());
        query.maybe("city", self.city.as_ref());
        query.maybe("region", self.region.as_ref());
        query.list("farm_ids", &self.farms);
        query.list("node_ids", &self.nodes);
        query.list("excluded", &self.excluded);
        query.maybe("twin_id", self.twin.as_ref());
        query.maybe("available_for", self.available_for.as_ref());
        query.maybe("rented", self.rented.as_ref());
        query.maybe("certification_type", self.certified.map(certification));
        query.list("features", &self.features);
        query.0
    }
}

/// Which farms: by themselves, or by the nodes that they have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FarmFilter {
    /// The one of this number.
    pub id: Option<u32>,
    /// The one of this name.
    pub name: Option<String>,
    /// Of this twin.
    pub twin: Option<u32>,
    /// At least so many IPv4 addresses are free.
    pub free_ips: Option<u64>,
    /// Its nodes are for those who rent them as a whole.
    pub dedicated: Option<bool>,
    /// `NotCertified` or `Gold`.
    pub certification: Option<String>,
    /// In this country, by its whole name.
    pub country: Option<String>,
    /// In this region, by its whole name.
    pub region: Option<String>,
    /// A node has at least so much memory free, bytes.
    pub node_free_mru: Option<u64>,
    /// A node has at least so much SSD free, bytes.
    pub node_free_sru: Option<u64>,
    /// A node has public IPv6.
    pub node_has_ipv6: Option<bool>,
    /// A node has one of these.
    pub node_status: Vec<Status>,
    /// A node can all of these.
    pub node_features: Vec<String>,
}

impl FarmFilter {
    pub(super) fn query(&self) -> Vec<Parameter> {
        let mut query = Query::default();
        query.maybe("farm_id", self.id.as_ref());
        query.maybe("name", self.name.as_ref());
        query.maybe("twin_id", self.twin.as_ref());
        query.maybe("free_ips", self.free_ips.as_ref());
        query.maybe("dedicated", self.dedicated.as_ref());
        query.maybe("certification_type", self.certification.as_ref());
        query.maybe("country", self.country.as_ref());
        query.maybe("region", self.region.as_ref());
        query.maybe("node_free_mru", self.node_free_mru.as_ref());
        query.maybe("node_free_sru", self.node_free_sru.as_ref());
        query.maybe("node_has_ipv6", self.node_has_ipv6.as_ref());
        query.status("node_status", &self.node_status);
        query.list("node_features", &self.node_features);
        query.0
    }
}

/// Which contracts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContractFilter {
    /// Of this twin.
    pub twin: Option<u32>,
    /// In one of these states.
    pub state: Vec<ContractState>,
    /// `node`, `name` or `rent`.
    pub kind: Option<&'static str>,
    /// For this node.
    pub node: Option<u32>,
    /// For this name.
    pub name: Option<String>,
    /// With this hash, 32 hex digits.
    pub hash: Option<String>,
}

impl ContractFilter {
    pub(super) fn query(&self) -> Vec<Parameter> {
        let mut query = Query::default();
        query.maybe("twin_id", self.twin.as_ref());
        let states = self.state.iter().filter_map(|state| state.name());
        query.list("state", &states.collect::<Vec<_>>());
        query.maybe("type", self.kind.as_ref());
        query.maybe("node_id", self.node.as_ref());
        query.maybe("name", self.name.as_ref());
        query.maybe("deployment_hash", self.hash.as_ref());
        query.0
    }
}

/// The directory writes it another way in its answers.
fn certification(certified: bool) -> &'static str {
    if certified { "Certified" } else { "DIY" }
}

#[derive(Default)]
struct Query(Vec<Parameter>);

impl Query {
    fn maybe(&mut self, name: &'static str, value: Option<impl Display>) {
        self.0.extend(value.map(|value| (name, value.to_string())));
    }

    fn list(&mut self, name: &'static str, values: &[impl Display]) {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            self.0.push((name, values.join(",")));
        }
    }

    fn status(&mut self, name: &'static str, values: &[Status]) {
        let values = values.iter().filter_map(|status| status.name());
        self.list(name, &values.collect::<Vec<_>>());
    }
}
