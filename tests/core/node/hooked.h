#pragma once

#include "fixture.h"

#include <thread>

namespace tau::test {

/// A registered project and what its git host would send.
struct Hooked {
    World world;
    Project project{world};
    std::string id;
    Hooked() {
        project.publish(world);
        const auto response = project.submit(world, project.registration(world), key('1'));
        REQUIRE(response.status == 201);
        id = json::parse(response.body)["registration_id"];
    }
    Secret secret(std::size_t i) const {
        return project.hooks[i].text(project.bundles[i].webhook.context.nonce);
    }
    node::Response deliver(std::size_t i, const std::string& event, const std::string& delivery,
                           const std::string& body) const {
        return post(i, body,
                    {{"X-GitHub-Event", event},
                     {"X-GitHub-Delivery", delivery},
                     {"X-Hub-Signature-256", keys::sign_webhook(secret(i), body)}});
    }
    node::Response post(std::size_t i, const std::string& body,
                        std::vector<HttpHeader> headers) const {
        return world.send("POST", "/v1/hooks/" + id + (i == 0 ? "/configuration" : "/code"), body,
                          std::move(headers));
    }
    /// The value that /metrics shows under this name.
    std::string metric(const std::string& name) const {
        const std::string text = world.send("GET", "/metrics").body;
        const std::size_t at = text.find("\n" + name + " ");
        return at == std::string::npos
                   ? ""
                   : text.substr(at + name.size() + 2,
                                 text.find('\n', at + 1) - at - name.size() - 2);
    }
    vault::RegistrationStatus status() const {
        const auto response = project.signed_request(world, "GET", "/v1/registrations/" + id);
        REQUIRE(response.status == 200);
        auto status = vault::parse_registration_status(response.body);
        REQUIRE(status);
        return std::move(*status);
    }
    /// Whether this is what is known of the configuration's branch main.
    bool main_is(int number) const {
        const auto refs = status().refs;
        return std::any_of(refs.begin(), refs.end(), [&](const vault::RefState& ref) {
            return ref.repository == Role::configuration &&
                   ref.commit == FakeRepositories::commit_number(number);
        });
    }
    vault::Outcome webhook(const std::string& target) const {
        for (const auto& check : status().checks) {
            if (check.name == "webhook" && check.target == target) {
                return check.outcome;
            }
        }
        return vault::Outcome::failed;
    }
};

template <typename Condition>
inline bool soon(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace tau::test
