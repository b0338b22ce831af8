//! What the port says before anything is paid: candidates, preflight, the twin, asked of a whole grid.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use grid::{
    Blueprint, DomainKind, Grid, GridError, LocationFilter, Placement, PreflightError, Want,
};
use gridpeers::chain::scale;
use gridpeers::{ProxyNode, Quirk, WholeGrid};
use tfgrid::Identity;
use tfgrid::chain::Key;
use tfgrid::identity::Scheme;
use tfgrid::node;
use tfgrid::port::{ConnectError, Dns, Settings, ThreefoldGrid};

const GIB: u64 = 1 << 30;

/// The DNS: what every host leads to; `None` is no answer.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Option<Vec<IpAddr>>>>);

#[async_trait]
impl Dns for Told {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let told = self.0.lock().unwrap().clone();
        told.ok_or_else(|| io::Error::other("no name server"))
    }
}

struct World {
    peers: WholeGrid,
    grid: ThreefoldGrid,
    dns: Told,
}

impl World {
    async fn new() -> Self {
        Self::with_patience(Duration::from_secs(120)).await
    }

    /// Gives up soon what a test wants unanswered.
    async fn impatient() -> Self {
        Self::with_patience(Duration::from_secs(20)).await
    }

    async fn with_patience(answer: Duration) -> Self {
        let peers = WholeGrid::start("ava.tf").await;
        let dns = Told::default();
        let grid = ThreefoldGrid::connect(settings(&peers, &dns, answer), peers.identity()).await;
        Self {
            grid: grid.unwrap(),
            peers,
            dns,
        }
    }

    fn leads_to(&self, addresses: &[&str]) {
        let parsed = addresses.iter().map(|text| text.parse().unwrap());
        *self.dns.0.lock().unwrap() = Some(parsed.collect());
    }

    async fn nodes(&self, want: &Want) -> Vec<u32> {
        let found = self.grid.candidates(want).await.unwrap();
        assert!(found.iter().all(|placement| placement.gateway == 31));
        found.iter().map(|placement| placement.node).collect()
    }

    async fn preflight(&self, want: &Want) -> Result<(), PreflightError> {
        self.grid.preflight(want, &FIRST).await
    }

    fn machine(&self) -> &gridpeers::Machine {
        &self.peers.machines[0]
    }
}

const FIRST: Placement = Placement {
    node: 11,
    gateway: 31,
};

fn settings(peers: &WholeGrid, dns: &Told, answer: Duration) -> Settings {
    Settings {
        dns: Arc::new(dns.clone()),
        node_patience: node::Patience {
            look: answer,
            deploy: answer,
        },
        ..peers.settings()
    }
}

fn want() -> Want {
    Want {
        vcpu: 2,
        memory: 4 * GIB,
        disk: 50 * GIB,
        location: LocationFilter {
            country: "BE".into(),
            city: "Ghent".into(),
            farms: vec![],
        },
        name: "myclub".into(),
        domain: "ava.tf".into(),
        domain_kind: DomainKind::GatewayName,
        hours: 72,
    }
}

fn by_full_name() -> Want {
    Want {
        domain: "clubs.example".into(),
        domain_kind: DomainKind::GatewayFqdn,
        ..want()
    }
}

#[tokio::test]
async fn candidates_are_where_the_catalogue_says_the_emptiest_first() {
    let world = World::new().await;
    assert_eq!(world.nodes(&want()).await, [11, 12, 13]);
    world.peers.proxy.change(13, |node| node.certified = true);
    assert_eq!(world.nodes(&want()).await, [13, 11, 12], "certified first");
    let austria = LocationFilter {
        country: "AT".into(),
        ..LocationFilter::default()
    };
    let elsewhere = Want {
        location: austria,
        ..want()
    };
    assert!(world.nodes(&elsewhere).await.is_empty());
    assert!(!world.grid.has_room(&elsewhere).await.unwrap());
    for (change, what) in [
        (
            (|node| node.status = "down") as fn(&mut ProxyNode),
            "it is down",
        ),
        (|node| node.healthy = false, "it fails its own tests"),
        (|node| node.has_ipv6 = false, "no IPv6"),
        (|node| node.used_mru = node.mru, "no memory"),
        (|node| node.used_sru = node.sru - 51 * GIB, "no root disk"),
        (|node| node.cru = 1, "too few processors"),
        (|node| node.rented_by = 8, "somebody else's"),
        (|node| node.features = vec!["zmachine-light"], "a light one"),
        (|node| node.farm = 2, "of another farm"),
    ] {
        let world = World::new().await;
        let mut want = want();
        want.location.farms = vec![1];
        world.peers.proxy.change(12, change);
        assert_eq!(world.nodes(&want).await, [11, 13], "{what}");
        let mut from_anywhere = want.clone();
        from_anywhere.location = LocationFilter::default();
        assert!(world.grid.has_room(&from_anywhere).await.unwrap());
    }
}

#[tokio::test]
async fn a_domain_that_no_gateway_serves_is_said_so() {
    let world = World::new().await;
    let other = Want {
        domain: "another.tf".into(),
        ..want()
    };
    let error = world.grid.candidates(&other).await.unwrap_err();
    assert!(error.to_string().contains("another.tf"), "{error}");
    assert!(!world.grid.has_room(&other).await.unwrap());
}

#[tokio::test]
async fn a_good_place_passes_and_only_then_can_be_planned() {
    let world = World::new().await;
    let blueprint = Blueprint {
        want: want(),
        marker: "gridtube/1/db/a".into(),
        flist: "https://hub.grid.tf/gridtube/peertube.flist".into(),
        entrypoint: "/sbin/gridtube-instance".into(),
        env: BTreeMap::new(),
    };
    let plan = |seed| world.grid.plan(&blueprint, &FIRST, &[seed; 32]);
    let error = plan(7).unwrap_err();
    assert!(error.is_transient(), "asked first: {error}");
    world.preflight(&want()).await.unwrap();
    assert_eq!(plan(7).unwrap(), plan(7).unwrap());
    assert_ne!(plan(7).unwrap(), plan(8).unwrap());
}

#[tokio::test]
async fn the_first_certain_no_is_the_answer() {
    let world = World::new().await;
    let preflight = async |change: fn(&mut Want)| {
        let mut want = want();
        change(&mut want);
        world.preflight(&want).await
    };
    assert_eq!(preflight(|_| {}).await, Ok(()));
    let no_room = Err(PreflightError::NoRoom(11));
    assert_eq!(preflight(|want| want.memory = 200 * GIB).await, no_room);
    assert_eq!(preflight(|want| want.vcpu = 17).await, no_room);
    assert_eq!(preflight(|want| want.disk = 1000 * GIB).await, no_room);
    let Err(PreflightError::NotEnoughMoney { hours }) = preflight(|w| w.hours = 1 << 30).await
    else {
        panic!("nobody has so much");
    };
    // 10,000 TFT at 3 cents, for 1 CU, 52/200 SU and a name: see `pricing`.
    assert_eq!(hours, 25_974);

    world.peers.verified.remove(9);
    let refused = world.preflight(&want()).await;
    assert_eq!(refused, Err(PreflightError::NotVerified));
    world.peers.verified.down(true);
    let Err(PreflightError::Grid(unknown)) = world.preflight(&want()).await else {
        panic!("nobody knows");
    };
    assert!(unknown.is_transient(), "{unknown}");
    // Certain although something else is not known.
    assert_eq!(preflight(|want| want.memory = 200 * GIB).await, no_room);
}

#[tokio::test]
async fn a_name_that_somebody_has_is_taken() {
    let world = World::new().await;
    let name = Key::NameContract("myclub".parse().unwrap());
    let contract = 4711_u64.to_le_bytes().to_vec();
    world.peers.chain().set_keys(&[(name, contract)]);
    let refused = world.preflight(&want()).await;
    assert_eq!(refused, Err(PreflightError::NameTaken));
    assert!(!world.grid.name_is_free("myclub").await.unwrap());
}

#[tokio::test]
async fn a_node_that_does_not_answer_is_left_out() {
    let world = World::impatient().await;
    world.machine().peer.quirk(Quirk::Deaf);
    let refused = world.preflight(&want()).await;
    assert_eq!(refused, Err(PreflightError::NodeSilent(11)));
    assert_eq!(world.nodes(&want()).await, [12, 13]);

    world.peers.gateway.peer.quirk(Quirk::Deaf);
    let second = Placement { node: 12, ..FIRST };
    let refused = world.grid.preflight(&want(), &second).await;
    assert_eq!(refused, Err(PreflightError::GatewaySilent(31)));
    assert_eq!(world.nodes(&want()).await, [12, 13], "no other serves it");
}

#[tokio::test]
async fn a_relay_that_is_away_is_no_nodes_fault() {
    let world = World::impatient().await;
    world.peers.relay.refuse(Some(500));
    world.peers.relay.cut(9);
    world.peers.relay.wait_for(9, false).await;
    let Err(PreflightError::Grid(error)) = world.preflight(&want()).await else {
        panic!("nobody knows");
    };
    assert!(error.is_transient(), "{error}");
    assert_eq!(world.nodes(&want()).await, [11, 12, 13]);
}

#[tokio::test]
async fn a_node_that_could_only_be_written_to_in_the_clear_is_left_out() {
    let world = World::new().await;
    let identity = world.peers.book.twin(111, "//Node11");
    let open = scale::twin(111, &identity.account(), None, None);
    world.peers.chain().set_keys(&[(Key::Twin(111), open)]);
    let refused = world.preflight(&want()).await;
    assert_eq!(refused, Err(PreflightError::NodeSilent(11)));
}

#[tokio::test]
async fn a_domain_of_ones_own_must_lead_to_the_gateway() {
    let world = World::new().await;
    let want = by_full_name();
    let refusal = async || match world.preflight(&want).await {
        Err(PreflightError::Grid(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(refusal().await.is_transient(), "no name server answers");
    world.leads_to(&[]);
    let error = refusal().await;
    assert!(matches!(error, GridError::Rejected { .. }), "{error}");
    for part in [
        "myclub.clubs.example leads nowhere",
        "*.clubs.example",
        "gateway 31",
        "185.206.122.33",
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
    world.leads_to(&["192.0.2.7"]);
    assert!(refusal().await.to_string().contains("leads to 192.0.2.7"));
    world.leads_to(&["192.0.2.7", "2a10:b600::33"]);
    assert_eq!(world.preflight(&want).await, Ok(()));
    // It would be refused there, however it leads.
    for domain in ["ava.tf", "eu.AVA.tf", "myava.tf"] {
        let mut under = by_full_name();
        under.domain = domain.into();
        let error = world.preflight(&under).await.unwrap_err().to_string();
        assert!(error.contains("it serves ava.tf itself"), "{error}");
    }
}

#[tokio::test]
async fn the_gateway_is_the_one_that_the_domain_leads_to() {
    let world = World::new().await;
    let other = ProxyNode {
        ipv4: "185.206.122.99/24",
        ..ProxyNode::gateway(30, 130, "other.tf")
    };
    world.peers.proxy.node(other);
    let gateway = async || world.grid.candidates(&by_full_name()).await.unwrap()[0].gateway;
    world.leads_to(&["185.206.122.33"]);
    assert_eq!(gateway().await, 31);
    world.leads_to(&["185.206.122.99"]);
    assert_eq!(gateway().await, 30);
}

#[tokio::test]
async fn a_twin_that_nodes_cannot_write_to_is_refused_at_the_start() {
    let peers = WholeGrid::start("ava.tf").await;
    let dns = Told::default();
    let alice = peers.identity();
    let key = alice.message_key().public();
    let other = Identity::new("//Bob", Scheme::Sr25519).unwrap();
    let others = other.message_key().public();
    let account = alice.account();
    let connect = async |relay: Option<&[u8]>, key: Option<&[u8]>, settings: Settings| {
        let twin = scale::twin(9, &account, relay, key);
        peers.chain().set_keys(&[(Key::Twin(9), twin)]);
        ThreefoldGrid::connect(settings, peers.identity()).await
    };
    let usual = || settings(&peers, &dns, Duration::from_secs(120));
    let by_chain = || Settings {
        relays: vec![],
        ..usual()
    };
    let ours = Some(&key.as_bytes()[..]);
    for (relay, key, settings, part) in [
        (None, None, usual(), "no key"),
        (
            None,
            Some(&others.as_bytes()[..]),
            usual(),
            "another account",
        ),
        (None, ours, by_chain(), "no relay"),
    ] {
        let error = connect(relay, key, settings).await.err().unwrap();
        assert!(matches!(error, ConnectError::Twin { twin: 9, .. }));
        assert!(error.to_string().contains(part), "{error}");
    }
    let relay = Some(&b"relay.test.grid.tf"[..]);
    assert!(connect(relay, ours, by_chain()).await.is_ok());
    let nobody = ThreefoldGrid::connect(usual(), other).await.err().unwrap();
    assert!(nobody.to_string().contains("create it first"), "{nobody}");
}
