#include "core/vault/proofs.h"

#include "core/vault/messages.h"

namespace tau::vault {

namespace {

constexpr std::size_t max_proofs = 64U << 10U;
constexpr std::size_t max_context = 5U << 10U;

/// In which order the four stand: the receipt's.
constexpr std::array<std::pair<Role, seal::Purpose>, 4> proof_order{
    {{Role::configuration, seal::Purpose::deploy_key},
     {Role::configuration, seal::Purpose::webhook},
     {Role::code, seal::Purpose::deploy_key},
     {Role::code, seal::Purpose::webhook}}};

std::string_view name_of(seal::Purpose purpose) {
    return purpose == seal::Purpose::deploy_key ? "deploy_key" : "webhook";
}

json::Value to_value(const PublishedProof& one) {
    return {{"role", to_string(one.repository)}, {"purpose", name_of(one.purpose)},
            {"point", to_base64(one.point)},     {"vault_key", to_base64(one.vault_key)},
            {"context", to_base64(one.context)}, {"proof", to_base64(one.proof)}};
}

Result<PublishedProof> read_proof(const json::Value& value, std::size_t index) {
    json::ObjectReader in(value, "proofs[" + std::to_string(index) + "].");
    PublishedProof one;
    std::tie(one.repository, one.purpose) = proof_order.at(index);
    if (in.text("role", 1, 32) != to_string(one.repository) ||
        in.text("purpose", 1, 32) != name_of(one.purpose)) {
        in.refuse("role", "or purpose is not the one in this place");
    }
    one.point = in.fixed<32>("point");
    one.vault_key = in.fixed<32>("vault_key");
    one.context = in.base64("context", 1, max_context);
    one.proof = in.fixed<seal::proof_size>("proof");
    in.end();
    return in.ok() ? Result<PublishedProof>(std::move(one)) : fail(*in.error());
}

tl::unexpected<Error> not_shown(const NodeRecord& record, const std::string& why) {
    return fail(ErrorCode::untrusted,
                "What the vault " + record.name + " shows does not hold: " + why + ".",
                "Do not rely on this registration; register with another vault.");
}

Result<void> check_receipt(const PublishedProofs& proofs, const NodeRecord& record) {
    const Receipt& receipt = proofs.receipt;
    if (!verify_receipt(receipt, record.sign_key)) {
        return not_shown(record, "its receipt is not signed by it");
    }
    if (receipt.node_id != record.node_id() || receipt.project_id != proofs.project_id ||
        receipt.registration_id != proofs.registration_id) {
        return not_shown(record, "its receipt is for another registration");
    }
    return {};
}

/// Everything but the proof itself; a context that is not this one makes the proof worthless.
Result<void> check_statement(const PublishedProofs& proofs, std::size_t index,
                             const NodeRecord& record) {
    const PublishedProof& one = proofs.proofs.at(index);
    const std::string about = "its " + std::string(index % 2 == 0 ? "deploy key" : "webhook") +
                              " proof of the " + std::string(to_string(one.repository)) +
                              " repository";
    const Result<seal::Context> context = seal::decode_context(one.context);
    if (!context || context->purpose != one.purpose || context->project_id != proofs.project_id ||
        context->node_id != record.node_id() || one.vault_key != record.seal_key ||
        context->owner_key != seal::context_owner_key(proofs.receipt.owner_key)) {
        return not_shown(record, about + " is for something else");
    }
    if (proofs.receipt.proof_hashes.at(index) != proof_hash(one.proof)) {
        return not_shown(record, about + " is not the one in its receipt");
    }
    if (!seal::verify(one.point, one.vault_key, seal::context_hash(one.context), one.proof)) {
        return not_shown(record, about + " is false");
    }
    return {};
}

} // namespace

std::string to_json(const PublishedProofs& proofs) {
    json::Value rows = json::Value::array();
    for (const PublishedProof& one : proofs.proofs) {
        rows.push_back(to_value(one));
    }
    return json::dump({{"registration_id", proofs.registration_id},
                       {"project_id", proofs.project_id},
                       {"sealed_version", proofs.sealed_version},
                       {"proofs", std::move(rows)},
                       {"receipt", to_value(proofs.receipt)}});
}

Result<PublishedProofs> parse_proofs(std::string_view text) {
    const Result<json::Value> value = json::parse(text, max_proofs, "The vault's answer");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    PublishedProofs out;
    out.registration_id = in.text("registration_id", 32, 32);
    out.project_id = in.text("project_id", 46, 46);
    out.sealed_version = in.integer("sealed_version", 1, INT64_MAX);
    const json::Value& rows = in.array("proofs", out.proofs.size(), out.proofs.size());
    const json::Value& receipt = in.object("receipt");
    in.end();
    if (!in.ok()) {
        return fail(*in.error());
    }
    for (std::size_t i = 0; i < out.proofs.size(); ++i) {
        Result<PublishedProof> one = read_proof(rows[i], i);
        if (!one) {
            return fail(one.error());
        }
        out.proofs[i] = std::move(*one);
    }
    Result<Receipt> read = read_receipt(receipt);
    if (!read) {
        return fail(read.error());
    }
    out.receipt = std::move(*read);
    return out;
}

std::array<Result<void>, 5> verify_each(const PublishedProofs& proofs, const NodeRecord& record) {
    return {check_receipt(proofs, record), check_statement(proofs, 0, record),
            check_statement(proofs, 1, record), check_statement(proofs, 2, record),
            check_statement(proofs, 3, record)};
}

Result<void> verify_proofs(const PublishedProofs& proofs, const NodeRecord& record) {
    for (Result<void>& held : verify_each(proofs, record)) {
        if (!held) {
            return std::move(held);
        }
    }
    return {};
}

} // namespace tau::vault
