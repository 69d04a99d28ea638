#include "core/node/ref_schedule.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace std::chrono_literals;
using node::RefSchedule;
using vault::Role;

namespace {

const RefSchedule::Instant dawn{1000h};
const RefSchedule::Key first_one{"one", Role::code};
const RefSchedule::Key second_one{"two", Role::code};

std::optional<RefSchedule::Key> taken(RefSchedule& schedule, RefSchedule::Instant now) {
    const auto look = schedule.take(now);
    return look ? std::optional(look->key) : std::nullopt;
}

} // namespace

TEST_CASE("hints within the debounce are one look, and none puts it off") {
    RefSchedule schedule({2s, 15min}, dawn);
    for (int i = 0; i < 20; ++i) {
        schedule.hint(first_one, dawn + i * 100ms);
    }
    CHECK(schedule.next() == dawn + 2s);
    CHECK_FALSE(schedule.take(dawn + 1999ms));
    CHECK(taken(schedule, dawn + 2s) == first_one);
    CHECK_FALSE(schedule.take(dawn + 10min));
}

TEST_CASE("polls leave room for hints") {
    RefSchedule schedule({0ms, 1s}, dawn);
    schedule.plan_all({"a", "b", "c", "d", "e"}, dawn);
    const auto later = dawn + 10s;
    std::vector<RefSchedule::Key> polled;
    while (const auto look = schedule.take(later)) {
        CHECK(look->is_poll);
        polled.push_back(look->key);
    }
    CHECK(polled.size() == 6);
    schedule.hint({"other", Role::code}, later);
    const auto hinted = schedule.take(later);
    REQUIRE(hinted);
    CHECK(hinted->key.first == "other");
    CHECK_FALSE(schedule.take(later));
    schedule.done(polled.front());
    CHECK(schedule.take(later));
}

TEST_CASE("no repository is asked twice at once, and a hint during a look leads to another") {
    RefSchedule schedule({2s, 15min}, dawn);
    schedule.hint(first_one, dawn);
    REQUIRE(taken(schedule, dawn + 2s) == first_one);
    CHECK_FALSE(schedule.begin(first_one));
    schedule.hint(first_one, dawn + 3s);
    schedule.hint(second_one, dawn + 4s);
    CHECK(taken(schedule, dawn + 10s) == second_one);
    CHECK_FALSE(schedule.take(dawn + 10s));
    schedule.done(first_one);
    CHECK(taken(schedule, dawn + 10s) == first_one);
    schedule.done(first_one);
    CHECK(schedule.begin(first_one));
}

TEST_CASE("every repository is asked at least every 15 minutes, and not all in one moment") {
    RefSchedule schedule({2s, 15min}, dawn);
    std::vector<std::string> ids;
    for (int i = 0; i < 100; ++i) {
        ids.push_back(std::to_string(i));
    }
    std::map<RefSchedule::Key, RefSchedule::Instant> asked;
    std::size_t looks = 0;
    std::size_t most_in_one_second = 0;
    for (auto now = dawn; now < dawn + 5h; now += 1s) {
        if (schedule.poll_is_due(now)) {
            schedule.plan_all(ids, now);
        }
        std::size_t in_one_second = 0;
        while (const auto key = taken(schedule, now)) {
            const auto [before, is_new] = asked.try_emplace(*key, now);
            CHECK((is_new || now - before->second <= 15min));
            before->second = now;
            schedule.done(*key);
            ++looks;
            ++in_one_second;
        }
        most_in_one_second = std::max(most_in_one_second, in_one_second);
    }
    CHECK(asked.size() == 200);
    CHECK(looks >= 200 * 20);
    CHECK(looks <= 200 * 24);
    CHECK(most_in_one_second <= 10);
    for (const auto& [key, when] : asked) {
        CHECK(dawn + 5h - when <= 15min);
    }
}

TEST_CASE("a process that is often restarted polls, too, and not all in one moment") {
    std::vector<std::string> ids;
    for (int i = 0; i < 10000; ++i) {
        ids.push_back(std::to_string(i));
    }
    for (auto start = dawn; start < dawn + 10min; start += 5min) {
        RefSchedule schedule({2s, 15min}, start);
        std::set<RefSchedule::Key> asked;
        std::size_t most_in_one_second = 0;
        for (auto now = start; now < start + 5min; now += 1s) {
            if (schedule.poll_is_due(now)) {
                schedule.plan_all(ids, now);
            }
            const std::size_t before = asked.size();
            while (const auto key = taken(schedule, now)) {
                asked.insert(*key);
                schedule.done(*key);
            }
            most_in_one_second = std::max(most_in_one_second, asked.size() - before);
        }
        CHECK(asked.size() == 20000);
        CHECK(most_in_one_second <= 250);
    }
}

TEST_CASE("a hint brings forward what a poll planned for later") {
    RefSchedule schedule({2s, 15min}, dawn);
    schedule.plan_all({"other", "more", "one"}, dawn);
    schedule.hint(first_one, dawn);
    for (const auto& id : {"other", "other"}) {
        CHECK(taken(schedule, dawn)->first == id);
    }
    CHECK(taken(schedule, dawn + 2s) == first_one);
    CHECK_FALSE(schedule.take(dawn + 3s));
}

TEST_CASE("a look that something hinted at is no poll, whichever came first") {
    RefSchedule schedule({2s, 15min}, dawn);
    CHECK(schedule.poll_hold() == 12min);
    schedule.plan_all({"one"}, dawn);
    schedule.hint(first_one, dawn); // which is due later, but now is due for two reasons
    const RefSchedule::Key other_half{"one", Role::configuration};
    for (int i = 0; i < 2; ++i) {
        const auto look = schedule.take(dawn);
        REQUIRE(look);
        CHECK(look->is_poll == (look->key == other_half));
        schedule.done(look->key);
    }
    schedule.hint(first_one, dawn);
    schedule.plan_all({"one"}, dawn + 1s);
    schedule.hint(other_half, dawn + 10s);
    for (int i = 0; i < 2; ++i) {
        const auto look = schedule.take(dawn + 20s);
        REQUIRE(look);
        CHECK_FALSE(look->is_poll);
        schedule.done(look->key);
    }
    CHECK_FALSE(schedule.take(dawn + 1h));
}

TEST_CASE("hints that nobody signed are few") {
    RefSchedule schedule({2s, 15min}, dawn);
    CHECK(schedule.hint_unsigned(first_one, dawn));
    CHECK(taken(schedule, dawn + 2s) == first_one);
    schedule.done(first_one);
    CHECK_FALSE(schedule.hint_unsigned(first_one, dawn + 10s));
    CHECK(schedule.hint_unsigned(first_one, dawn + 61s));
    int taken = 0;
    for (int i = 0; i < 1000; ++i) {
        taken += schedule.hint_unsigned({std::to_string(i), Role::code}, dawn + 62s) ? 1 : 0;
    }
    CHECK(taken == 63);
    CHECK(schedule.take(dawn + 1h));
    CHECK(schedule.hint_unsigned({"next", Role::code}, dawn + 1h));
}

TEST_CASE("a repository that fails again and again is polled less often, up to an hour") {
    RefSchedule schedule({2s, 15min}, dawn);
    std::vector<RefSchedule::Instant> looks;
    bool well = false;
    const auto live = [&](RefSchedule::Instant from, RefSchedule::Instant to) {
        looks.clear();
        for (auto now = from; now < to; now += 10s) {
            if (schedule.poll_is_due(now)) {
                schedule.plan_all({"one"}, now);
            }
            while (const auto look = schedule.take(now)) {
                schedule.done(look->key);
                if (look->key == first_one) {
                    looks.push_back(now);
                    schedule.ended(look->key, well, now);
                }
            }
        }
    };
    live(dawn, dawn + 45min);
    CHECK(looks.size() >= 3); // at first as any other
    live(dawn + 45min, dawn + 24h);
    REQUIRE(looks.size() > 15); // and never given up
    CHECK(looks.size() < 35);
    for (std::size_t i = 5; i < looks.size(); ++i) {
        CHECK(looks[i] - looks[i - 1] <= 65min);
        CHECK(looks[i] - looks[i - 1] >= 45min);
    }
    // A hint is looked after at once, and a good look ends it.
    schedule.hint(first_one, dawn + 24h);
    CHECK(schedule.next() <= dawn + 24h + 2s);
    well = true;
    live(dawn + 24h, dawn + 24h + 61min);
    CHECK(looks.size() >= 5);
}
