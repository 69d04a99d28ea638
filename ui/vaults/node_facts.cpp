#include "ui/vaults/node_facts.h"

#include "core/vault/web_address.h"
#include "ui/common/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace tau::ui {

namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("tau::ui::node_facts", text);
}

QString figure(double value, int digits, const QString& pattern = QStringLiteral("%1")) {
    return std::isnan(value) ? translated("unknown")
                             : pattern.arg(QLocale().toString(value, 'f', digits));
}

} // namespace

QString factor_name(vault::Factor factor) {
    switch (factor) {
    case vault::Factor::reputation:
        return translated("Reputation");
    case vault::Factor::age:
        return translated("Age");
    case vault::Factor::uptime:
        return translated("Uptime");
    case vault::Factor::distance:
        return translated("Distance");
    case vault::Factor::capacity:
        return translated("Capacity");
    }
    return {};
}

QString factor_text(const vault::NodeTable& table, std::uint32_t row,
                    const vault::Explanation& found, vault::Factor factor) {
    switch (factor) {
    case vault::Factor::reputation:
        return figure(static_cast<double>(table.reputation[row]), 3);
    case vault::Factor::age:
        return figure(static_cast<double>(table.age_days[row]), 0, translated("%1 days"));
    case vault::Factor::uptime:
        return figure(static_cast<double>(table.uptime[row]) * 100, 1, translated("%1 %"));
    case vault::Factor::distance: {
        QString text = found.distance_km ? figure(*found.distance_km, 0, translated("%1 km"))
                                         : translated("unknown");
        if (found.round_trip_ms) {
            text += translated(", %1 ms measured")
                        .arg(QLocale().toString(*found.round_trip_ms, 'f', 0));
        }
        return text;
    }
    case vault::Factor::capacity:
        return figure(static_cast<double>(vault::known_slots(table, row)), 0,
                      translated("%1 an hour"));
    }
    return {};
}

QStringList attestations(std::uint8_t flags) {
    QStringList list;
    if ((flags & vault::attested_by_auditor) != 0) {
        list << translated("an auditor vouches for who runs it");
    }
    if ((flags & vault::attested_by_operator) != 0) {
        list << translated("its operator is known and signed for it");
    }
    if ((flags & vault::attested_hardware) != 0) {
        list << translated("it runs in attested hardware");
    }
    if ((flags & vault::capacity_audited) != 0) {
        list << translated("its capacity was measured this week");
    }
    if ((flags & vault::place_refuted) != 0) {
        list << translated("auditors measured that it is not where it says");
    }
    return list;
}

QString operator_text(const vault::NodeRecord& record) {
    const auto name = vault::operator_of(record.endpoint);
    return name == vault::host_of(record.endpoint)
               ? translated("%1, by its address").arg(to_qt(name))
               : translated("%1, by the domain of its address").arg(to_qt(name));
}

} // namespace tau::ui
