//! The part of the chain's runtime that deployments need, on a map: the same bytes in storage and
//! events, the same order of checks, the same names of errors.

use std::collections::BTreeMap;

use subxt::ext::codec::{Compact, Decode, Encode};
use subxt::metadata::Metadata;
use tfgrid::chain::{Contract, ContractKind, ContractState, Key, Runtime};
use tfgrid::identity::{AccountId, Scheme};

use super::scale;

/// What stands on the chain: raw keys and values.
pub type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// One version of the runtime.
pub struct Version {
    /// The number of its version.
    pub spec: u32,
    /// Its description of itself.
    pub metadata: Vec<u8>,
    /// The same, read.
    pub decoded: Metadata,
    /// The same, as the client reads it.
    pub runtime: Runtime,
}

/// A signed transaction, taken apart (version 4, with this chain's extensions).
pub struct Extrinsic {
    /// Who pays.
    pub who: AccountId,
    /// Which of his transactions it is.
    pub nonce: u32,
    /// Where in 32 blocks its era begins.
    pub phase: u64,
    scheme: u8,
    signature: [u8; 64],
    signed: Vec<u8>,
    call: Vec<u8>,
}

impl Version {
    /// By its metadata.
    pub fn new(metadata: Vec<u8>, spec: u32) -> Self {
        Self {
            spec,
            decoded: Metadata::decode_from(&metadata).unwrap(),
            runtime: Runtime::new(&metadata, spec, 2, super::GENESIS).unwrap(),
            metadata,
        }
    }

    /// A storage key.
    pub fn key(&self, key: &Key) -> Vec<u8> {
        self.runtime.key(key).unwrap()
    }

    /// An account's next nonce.
    pub fn nonce(&self, state: &State, who: &AccountId) -> u32 {
        let account = state.get(&self.key(&Key::Account(*who)));
        account.map_or(0, |bytes| u32::decode(&mut &bytes[..]).unwrap())
    }

    /// Applies it, with its nonce used up in either case; gives its events.
    pub fn apply(&self, state: &mut State, extrinsic: &Extrinsic, index: u32) -> Vec<Vec<u8>> {
        let account = self.key(&Key::Account(extrinsic.who));
        if let Some(bytes) = state.get_mut(&account) {
            bytes.splice(..4, (extrinsic.nonce + 1).encode());
        }
        let mut tried = state.clone();
        let mut events = Vec::new();
        // Weight, class and who pays.
        let info = [0u8, 0, 0, 0];
        let done = self.call(
            &mut tried,
            &extrinsic.who,
            &mut &extrinsic.call[..],
            &mut events,
        );
        let last = match done {
            Ok(()) => {
                *state = tried;
                self.event("System", "ExtrinsicSuccess", &info)
            }
            Err((pallet, name)) => {
                events.clear();
                let error = self.decoded.pallet_by_name(pallet).unwrap();
                let variants = error.error_variants().unwrap();
                let variant = variants.iter().find(|v| v.name == name).expect(name);
                let module = (3u8, error.error_index(), [variant.index, 0, 0, 0]).encode();
                self.event("System", "ExtrinsicFailed", &[&module[..], &info].concat())
            }
        };
        let of = |event: Vec<u8>| [(0u8, index).encode(), event, vec![0]].concat();
        events.into_iter().chain([last]).map(of).collect()
    }

    fn event(&self, pallet: &str, name: &str, fields: &[u8]) -> Vec<u8> {
        let pallet = self.decoded.pallet_by_name(pallet).unwrap();
        let variants = pallet.event_variants().unwrap();
        let variant = variants.iter().find(|v| v.name == name).unwrap();
        [&[pallet.event_index(), variant.index], fields].concat()
    }

    fn call(
        &self,
        state: &mut State,
        who: &AccountId,
        input: &mut &[u8],
        events: &mut Vec<Vec<u8>>,
    ) -> Result<(), (&'static str, &'static str)> {
        const GRID: &str = "TfgridModule";
        const CONTRACTS: &str = "SmartContractModule";
        let twin = self.number(state, &Key::TwinOf(*who)) as u32;
        match <[u8; 2]>::decode(input).unwrap() {
            [3, 2] => {
                let Compact(count) = Compact::<u32>::decode(input).unwrap();
                for _ in 0..count {
                    self.call(state, who, input, events)?;
                    events.push(self.event("Utility", "ItemCompleted", &[]));
                }
                events.push(self.event("Utility", "BatchCompleted", &[]));
                Ok(())
            }
            [25, 25] => {
                let terms = <(Vec<u8>, Vec<u8>)>::decode(input).unwrap();
                state.insert(self.key(&Key::Terms(*who)), terms.encode());
                Ok(())
            }
            [25, which @ (17 | 18)] => {
                let (relay, key) = <(Option<Vec<u8>>, Option<Vec<u8>>)>::decode(input).unwrap();
                let id = match (which, twin) {
                    (17, 0) if !state.contains_key(&self.key(&Key::Terms(*who))) => {
                        return Err((GRID, "UserDidNotSignTermsAndConditions"));
                    }
                    (17, 0) => self.fresh(state, b"twins") as u32,
                    (17, _) => return Err((GRID, "TwinWithPubkeyExists")),
                    (_, 0) => return Err((GRID, "TwinNotExists")),
                    (_, id) => id,
                };
                let twin = scale::twin(id, who, relay.as_deref(), key.as_deref());
                let name = if which == 17 {
                    "TwinStored"
                } else {
                    "TwinUpdated"
                };
                events.push(self.event(GRID, name, &twin));
                state.insert(self.key(&Key::Twin(id)), twin);
                state.insert(self.key(&Key::TwinOf(*who)), id.encode());
                Ok(())
            }
            [26, which @ (0 | 4)] => {
                let (kind, index) = if which == 0 {
                    let (node, hash) = <(u32, [u8; 32])>::decode(input).unwrap();
                    let (data, ips, _) = <(Vec<u8>, u32, Option<u64>)>::decode(input).unwrap();
                    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                    let index = Key::NodeContract(node, text(&hash).parse().unwrap());
                    if !state.contains_key(&self.key(&Key::Node(node))) {
                        return Err((CONTRACTS, "NodeNotExists"));
                    }
                    if self.number(state, &index) != 0 {
                        return Err((CONTRACTS, "ContractIsNotUnique"));
                    }
                    let (hash, data) = (text(&hash), text(&data));
                    let kind = ContractKind::Node {
                        node,
                        hash,
                        data,
                        public_ips: ips,
                    };
                    (kind, index)
                } else {
                    let name = String::from_utf8(Vec::<u8>::decode(input).unwrap()).unwrap();
                    let index = Key::NameContract(name.parse().unwrap());
                    if self.number(state, &index) != 0 {
                        return Err((CONTRACTS, "NameExists"));
                    }
                    (ContractKind::Name(name), index)
                };
                if twin == 0 {
                    return Err((CONTRACTS, "TwinNotExists"));
                }
                let id = self.fresh(state, b"contracts");
                let state_of = ContractState::Created;
                let contract = scale::contract(&Contract {
                    id,
                    twin,
                    state: state_of,
                    kind,
                });
                events.push(self.event(CONTRACTS, "ContractCreated", &contract));
                state.insert(self.key(&Key::Contract(id)), contract);
                state.insert(self.key(&index), id.encode());
                Ok(())
            }
            [26, 2] => {
                let id = u64::decode(input).unwrap();
                let Some(raw) = state.get(&self.key(&Key::Contract(id))) else {
                    return Err((CONTRACTS, "ContractNotExists"));
                };
                let contract = self.runtime.contract(raw).unwrap();
                if contract.twin != twin {
                    return Err((CONTRACTS, "TwinNotAuthorizedToCancelContract"));
                }
                let (index, event) = match &contract.kind {
                    ContractKind::Name(name) => (
                        Key::NameContract(name.parse().unwrap()),
                        self.event(CONTRACTS, "NameContractCanceled", &id.encode()),
                    ),
                    ContractKind::Node { node, hash, .. } => (
                        Key::NodeContract(*node, hash.parse().unwrap()),
                        self.event(
                            CONTRACTS,
                            "NodeContractCanceled",
                            &(id, *node, twin).encode(),
                        ),
                    ),
                    ContractKind::Rent { .. } => unreachable!("no scenario rents"),
                };
                events.push(event);
                state.remove(&self.key(&Key::Contract(id)));
                state.remove(&self.key(&index));
                Ok(())
            }
            other => panic!("call {other:?} is not played"),
        }
    }

    fn number(&self, state: &State, key: &Key) -> u64 {
        let Some(bytes) = state.get(&self.key(key)) else {
            return 0;
        };
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(wide)
    }

    /// The next number; where the counters stand is nobody's business.
    fn fresh(&self, state: &mut State, counter: &[u8]) -> u64 {
        let last = state
            .get(counter)
            .map_or(0, |b| u64::decode(&mut &b[..]).unwrap());
        state.insert(counter.to_vec(), (last + 1).encode());
        last + 1
    }
}

impl Extrinsic {
    /// Takes it apart.
    pub fn decode(bytes: &[u8]) -> Self {
        let input = &mut &Vec::<u8>::decode(&mut &bytes[..]).unwrap()[..];
        let (version, address) = <(u8, u8)>::decode(input).unwrap();
        assert_eq!((version, address), (0x84, 0), "signed, by an account");
        let (who, scheme, signature) = <([u8; 32], u8, [u8; 64])>::decode(input).unwrap();
        let extensions = *input;
        let (era, Compact(nonce), Compact(_tip)) =
            <([u8; 2], Compact<u32>, Compact<u128>)>::decode(input).unwrap();
        let extra = &extensions[..extensions.len() - input.len()];
        let era = u16::from_le_bytes(era);
        assert_eq!(era & 15, 4, "a period of 32");
        Self {
            who: AccountId::new(who),
            nonce,
            phase: u64::from(era >> 4),
            scheme,
            signature,
            signed: [*input, extra].concat(),
            call: input.to_vec(),
        }
    }

    /// The block that its era began with, seen from the block that is made.
    pub fn birth(&self, block: u64) -> u64 {
        (block.max(self.phase) - self.phase) / 32 * 32 + self.phase
    }

    /// Whether the signature holds for that runtime and beginning.
    pub fn is_signed(&self, spec: u32, birth: [u8; 32]) -> bool {
        let implicit = (spec, 2u32, super::GENESIS, birth).encode();
        let mut payload = [&self.signed[..], &implicit].concat();
        if payload.len() > 256 {
            payload = super::blake2_256(&payload).to_vec();
        }
        let scheme = match self.scheme {
            0 => Scheme::Ed25519,
            _ => Scheme::Sr25519,
        };
        scheme.verify(&self.who, &payload, &self.signature).is_ok()
    }
}
