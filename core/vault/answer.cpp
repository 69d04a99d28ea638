#include "core/vault/messages.h"

namespace tau::vault {

namespace {

constexpr std::size_t max_answer = 1U << 20U;
constexpr std::size_t max_refs = 20000;
constexpr std::size_t max_checks = 64;
constexpr std::array<Outcome, 4> outcomes{Outcome::passed, Outcome::failed, Outcome::pending,
                                          Outcome::noted};

json::Value to_value(const std::vector<Check>& checks) {
    json::Value array = json::Value::array();
    for (const Check& check : checks) {
        array.push_back(to_value(check));
    }
    return array;
}

Result<RefState> read_ref(const json::Value& value) {
    json::ObjectReader in(value, "refs[].");
    RefState ref;
    const Result<Role> role = role_from_string(in.text("repository", 1, 32));
    if (!role) {
        in.refuse("repository", "must be \"configuration\" or \"code\"");
    } else {
        ref.repository = *role;
    }
    ref.ref = in.text("ref", 1, 1024);
    ref.commit = in.text("commit", 40, 64);
    ref.observed_at = in.integer("observed_at", 0, INT64_MAX);
    ref.forced_at = in.has("forced_at") ? in.integer("forced_at", 0, INT64_MAX) : 0;
    if (!in.ok()) {
        return fail(*in.error());
    }
    return ref;
}

} // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
    case Outcome::passed:
        return "passed";
    case Outcome::failed:
        return "failed";
    case Outcome::pending:
        return "pending";
    case Outcome::noted:
        return "noted";
    }
    return "failed";
}

json::Value to_value(const Check& check) {
    return {{"name", check.name},
            {"target", check.target},
            {"outcome", to_string(check.outcome)},
            {"reason", check.reason},
            {"sentence", check.sentence}};
}

Result<std::vector<Check>> read_checks(const json::Value& array) {
    std::vector<Check> checks;
    for (const json::Value& value : array) {
        json::ObjectReader in(value, "checks[].");
        Check check;
        check.name = in.text("name", 1, 64);
        check.target = in.text("target", 0, 64);
        const std::string outcome = in.text("outcome", 1, 16);
        check.reason = in.text("reason", 0, 64);
        check.sentence = in.text("sentence", 0, 4096);
        const auto* known = std::find_if(outcomes.begin(), outcomes.end(), [&outcome](Outcome one) {
            return outcome == to_string(one);
        });
        if (known == outcomes.end()) {
            in.refuse("outcome", "is not known");
        }
        if (!in.ok()) {
            return fail(*in.error());
        }
        check.outcome = *known;
        checks.push_back(std::move(check));
    }
    return checks;
}

std::string to_json(const RegistrationAnswer& answer) {
    json::Value value{{"registration_id", answer.registration_id},
                      {"state", answer.state},
                      {"checks", to_value(answer.checks)}};
    if (answer.receipt) {
        value["receipt"] = to_value(*answer.receipt);
    }
    return json::dump(value);
}

Result<RegistrationAnswer> parse_registration_answer(std::string_view text) {
    const Result<json::Value> value = json::parse(text, max_answer, "The vault's answer");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    RegistrationAnswer answer;
    answer.registration_id = in.text("registration_id", 0, 32);
    answer.state = in.text("state", 1, 32);
    const json::Value& rows = in.array("checks", 0, max_checks);
    const bool has_receipt = in.has("receipt");
    const json::Value& receipt = has_receipt ? in.object("receipt") : *value;
    if (!in.ok()) {
        return fail(*in.error());
    }
    Result<std::vector<Check>> checks = read_checks(rows);
    if (!checks) {
        return fail(checks.error());
    }
    answer.checks = std::move(*checks);
    if (has_receipt) {
        Result<Receipt> read = read_receipt(receipt);
        if (!read) {
            return fail(read.error());
        }
        answer.receipt = std::move(*read);
    }
    return answer;
}

std::string to_json(const RegistrationStatus& status) {
    json::Value refs = json::Value::array();
    for (const RefState& ref : status.refs) {
        refs.push_back({{"repository", to_string(ref.repository)},
                        {"ref", ref.ref},
                        {"commit", ref.commit},
                        {"observed_at", ref.observed_at},
                        {"forced_at", ref.forced_at}});
    }
    json::Value deployments = json::Value::array();
    for (const Deployment& deployment : status.deployments) {
        deployments.push_back(to_value(deployment));
    }
    return json::dump({{"registration_id", status.registration_id},
                       {"state", status.state},
                       {"sealed_version", status.sealed_version},
                       {"checks", to_value(status.checks)},
                       {"webhook_seen", status.webhook_seen},
                       {"refs", std::move(refs)},
                       {"refs_left_out", status.refs_left_out},
                       {"deployments", std::move(deployments)}});
}

Result<RegistrationStatus> parse_registration_status(std::string_view text) {
    const Result<json::Value> value = json::parse(text, max_answer * 4, "The vault's answer");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    RegistrationStatus status;
    status.registration_id = in.text("registration_id", 32, 32);
    status.state = in.text("state", 1, 32);
    status.sealed_version =
        in.has("sealed_version") ? in.integer("sealed_version", 1, INT64_MAX) : 1;
    status.refs_left_out = in.has("refs_left_out") ? in.integer("refs_left_out", 0, INT64_MAX) : 0;
    const json::Value& rows = in.array("checks", 0, max_checks);
    const json::Value& seen = in.array("webhook_seen", 2, 2);
    const json::Value& refs = in.array("refs", 0, max_refs);
    const json::Value& deployments = in.array("deployments", 0, 64);
    for (std::size_t i = 0; in.ok() && i < 2; ++i) {
        if (!seen[i].is_number_integer()) {
            in.refuse("webhook_seen", "must be two times");
            break;
        }
        status.webhook_seen[i] = seen[i].get<std::int64_t>();
    }
    if (!in.ok()) {
        return fail(*in.error());
    }
    Result<std::vector<Check>> checks = read_checks(rows);
    Result<std::vector<Deployment>> places = read_deployments(deployments);
    if (!checks || !places) {
        return fail(checks ? places.error() : checks.error());
    }
    status.checks = std::move(*checks);
    status.deployments = std::move(*places);
    for (const json::Value& ref : refs) {
        Result<RefState> read = read_ref(ref);
        if (!read) {
            return fail(read.error());
        }
        status.refs.push_back(std::move(*read));
    }
    return status;
}

} // namespace tau::vault
