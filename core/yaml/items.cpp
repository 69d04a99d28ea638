#include "core/yaml/items.h"

#include "core/yaml/emit.h"
#include "core/yaml/place.h"
#include "core/yaml/render.h"

#include <algorithm>
#include <map>
#include <set>

namespace tau::yaml {

namespace {

/// A new item as text. `plainly` takes the first way to write it, else the one that always fits.
std::string item_text(const std::string& item, std::optional<Style> style, Context context,
                      bool plainly) {
    const auto texts = one_line(Value::of_text(item), style, context);
    return plainly ? texts.front() : texts.back();
}

/// The lines of one item of a block sequence.
struct Lines {
    std::size_t lead;  ///< where the comments and blank lines above it begin
    std::size_t start; ///< of the line with the dash
    std::size_t end;   ///< behind the last line's break
};

/// Where the comments and blank lines that end at `at`, a line's start, begin.
std::size_t lead_start(const std::string& text, std::size_t floor, std::size_t at) {
    while (at > floor) {
        const bool wide = at > 1 && text[at - 2] == '\r' && text[at - 1] == '\n';
        const std::size_t start = line_start(text, at - (wide ? 2U : 1U));
        const std::size_t first = text.find_first_not_of(" \t", start);
        if (start < floor || std::string_view("#\r\n").find(text[first]) == std::string::npos) {
            break;
        }
        at = start;
    }
    return at;
}

/// nullopt when an item shares a line with something else.
std::optional<std::vector<Lines>> lines_of(const std::string& text, const Node& sequence,
                                           std::size_t slot) {
    std::vector<Lines> all;
    all.reserve(sequence.size());
    for (std::size_t i = 0; i < sequence.size(); ++i) {
        const std::size_t dash = dash_of(text, sequence, i);
        const std::size_t start = line_start(text, dash);
        const std::size_t end = next_line(text, std::max(dash, sequence.item(i).end_byte()));
        if (text.find_first_not_of(' ', start) != dash || start < slot) {
            return std::nullopt;
        }
        all.push_back(
            {i == 0 ? lead_start(text, next_line(text, slot), start) : all.back().end, start, end});
    }
    return all;
}

/// A block sequence is put together anew out of its items' lines.
Candidates block_items(const Document& document, const Path& path, const Node& sequence,
                       const ItemPlan& plan, const std::vector<std::string>& items) {
    const std::string& text = document.text();
    const Place place(document, path);
    const auto slot = place.has_parent() ? slot_of(text, place.parent(), path.back())
                                         : std::optional<std::size_t>(0);
    const auto lines = slot ? lines_of(text, sequence, *slot) : std::nullopt;
    if (!lines) {
        return {};
    }
    const std::string line_break = layout_of(document).line_break;
    const std::string head = std::string(column_of(sequence), ' ') + "- ";
    std::vector<bool> used(sequence.size());
    for (const auto& from : plan.from) {
        if (from) {
            used[*from] = true;
        }
    }
    const auto cut = [&](std::size_t from, std::size_t to) { return text.substr(from, to - from); };
    const std::size_t start = lines->front().lead;
    const std::size_t end = lines->back().end;
    const bool open = end == text.size() && !text.ends_with('\n') && !text.ends_with('\r');
    const auto build = [&](bool plainly) {
        std::string out;
        std::size_t orphan = 0; // of items that go, what stands above them stays
        const auto orphans_before = [&](std::size_t bound) {
            for (; orphan < bound; ++orphan) {
                if (!used[orphan]) {
                    out += cut((*lines)[orphan].lead, (*lines)[orphan].start);
                }
            }
        };
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!plan.from[i]) {
                out += head;
                out += item_text(items[i], {}, Context::block, plainly);
                out += line_break;
                continue;
            }
            const std::size_t from = *plan.from[i];
            const Lines& own = (*lines)[from];
            orphans_before(from);
            if (plan.stays[i]) {
                out += cut(own.lead, own.end);
            } else {
                const Node old = sequence.item(from);
                out += cut(own.lead, old.start_byte()) +
                       item_text(items[i], old.style(), Context::block, plainly) +
                       cut(old.end_byte(), own.end);
            }
            out += open && own.end == text.size() ? line_break : "";
        }
        orphans_before(sequence.size());
        return out;
    };
    Candidates all;
    for (const bool plainly : {true, false}) {
        std::string built = build(plainly);
        if (open && built.ends_with(line_break)) {
            built.resize(built.size() - line_break.size());
        }
        if (items.empty()) {
            all.push_back({{*slot, *slot, " []"}, {start, end, std::move(built)}});
        } else {
            all.push_back({{start, end, std::move(built)}});
        }
    }
    return all;
}

/// The comments in a flow sequence have no clear owner: there items only change or are added.
Candidates flow_items_in_place(const Node& sequence, const ItemPlan& plan,
                               const std::vector<std::string>& items) {
    std::size_t next = 0;
    for (const auto& from : plan.from) {
        if (from && *from != next++) {
            return {};
        }
    }
    if (next != sequence.size() || next == 0) {
        return {};
    }
    Candidates all;
    for (const bool plainly : {true, false}) {
        std::vector<Splice> splices;
        next = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const auto style =
                plan.from[i] ? std::optional(sequence.item(*plan.from[i]).style()) : std::nullopt;
            std::string text = item_text(items[i], style, Context::flow, plainly);
            if (plan.from[i]) {
                const Node old = sequence.item(next++);
                if (!plan.stays[i]) {
                    splices.push_back({old.start_byte(), old.end_byte(), std::move(text)});
                }
                continue;
            }
            const bool last = next == sequence.size();
            const std::size_t at =
                last ? sequence.item(next - 1).end_byte() : sequence.item(next).start_byte();
            splices.push_back({at, at, last ? ", " + text : text + ", "});
        }
        all.push_back(std::move(splices));
    }
    return all;
}

Candidates flow_items(const std::string& text, const Node& sequence, const ItemPlan& plan,
                      const std::vector<std::string>& items) {
    const std::size_t count = sequence.size();
    const auto cut = [&](std::size_t from, std::size_t to) { return text.substr(from, to - from); };
    const std::size_t inside = sequence.start_byte() + 1;
    const std::size_t end = sequence.item(count - 1).end_byte();
    for (std::size_t i = 0; i <= count; ++i) {
        const std::size_t from = i == 0 ? inside : sequence.item(i - 1).end_byte();
        const std::size_t to = i == count ? sequence.end_byte() : sequence.item(i).start_byte();
        if (std::string_view(text).substr(from, to - from).find('#') != std::string::npos) {
            return flow_items_in_place(sequence, plan, items);
        }
    }
    const std::string between =
        count > 1 ? cut(sequence.item(0).end_byte(), sequence.item(1).start_byte()) : ", ";
    const std::size_t start = sequence.item(0).start_byte();
    Candidates all;
    for (const bool plainly : {true, false}) {
        std::string built;
        for (std::size_t i = 0; i < items.size(); ++i) {
            built += i == 0 ? "" : between;
            const auto old =
                plan.from[i] ? std::optional(sequence.item(*plan.from[i])) : std::nullopt;
            built += old && plan.stays[i]
                         ? cut(old->start_byte(), old->end_byte())
                         : item_text(items[i], old ? std::optional(old->style()) : std::nullopt,
                                     Context::flow, plainly);
        }
        all.push_back(items.empty() ? std::vector<Splice>{{inside, sequence.end_byte() - 1, ""}}
                                    : std::vector<Splice>{{start, end, std::move(built)}});
    }
    return all;
}

} // namespace

ItemPlan plan_items(const Node& sequence, const std::vector<std::string>& items) {
    std::map<std::string_view, std::set<std::size_t>> free;
    for (std::size_t i = 0; i < sequence.size(); ++i) {
        const Node item = sequence.item(i);
        if (item.is_scalar() && !is_null(item)) {
            free[item.text()].insert(i);
        }
    }
    ItemPlan plan{std::vector<std::optional<std::size_t>>(items.size()),
                  std::vector<bool>(items.size())};
    std::vector<bool> taken(sequence.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto found = free.find(items[i]);
        if (found == free.end() || found->second.empty()) {
            continue;
        }
        auto at = found->second.lower_bound(next);
        at = at == found->second.end() ? found->second.begin() : at;
        plan.from[i] = *at;
        plan.stays[i] = true;
        taken[*at] = true;
        next = *at + 1;
        found->second.erase(at);
    }
    next = 0;
    for (auto& from : plan.from) {
        if (!from && next < sequence.size() && !taken[next] && sequence.item(next).is_scalar()) {
            from = next;
            taken[next] = true;
        }
        next = from ? *from + 1 : sequence.size();
    }
    return plan;
}

Candidates item_splices(const Document& document, const Path& path, const ItemPlan& plan,
                        const std::vector<std::string>& items) {
    const Node sequence = *find(document, path);
    return sequence.style() == Style::flow ? flow_items(document.text(), sequence, plan, items)
                                           : block_items(document, path, sequence, plan, items);
}

} // namespace tau::yaml
