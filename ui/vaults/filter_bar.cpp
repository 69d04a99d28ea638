#include "ui/vaults/filter_bar.h"

#include "ui/common/flow_layout.h"
#include "ui/common/icons.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

#include <algorithm>

namespace tau::ui {

namespace {

constexpr std::uint8_t region_count = 23;

struct Flag {
    vault::NodeFlag flag;
    const char* text;
};
constexpr Flag required[] = {
    {vault::attested_by_auditor, QT_TRANSLATE_NOOP("FilterBar", "Vouched for by an auditor")},
    {vault::attested_by_operator, QT_TRANSLATE_NOOP("FilterBar", "Operator known")},
    {vault::attested_hardware, QT_TRANSLATE_NOOP("FilterBar", "Attested hardware")},
    {vault::capacity_audited, QT_TRANSLATE_NOOP("FilterBar", "Capacity measured")},
};

QString flag_text(const Flag& flag) {
    return QCoreApplication::translate("FilterBar", flag.text);
}

QString reputation_text(double value) {
    return FilterBar::tr("Reputation ≥ %1").arg(QLocale().toString(value, 'f', 2));
}
QString slots_text(double value) {
    return FilterBar::tr("≥ %1 slots/h").arg(QLocale().toString(value, 'f', 0));
}
QString known_text(double value) {
    return FilterBar::tr("Known ≥ %1 days").arg(QLocale().toString(value, 'f', 0));
}
/// One chip for all of them, as they are one condition; and the bar then keeps its one line.
QString regions_text(const std::vector<std::uint8_t>& regions) {
    constexpr std::size_t most_named = 2;
    if (regions.size() > most_named) {
        return FilterBar::tr("%1 regions").arg(regions.size());
    }
    QStringList names;
    for (const std::uint8_t region : regions) {
        names << to_qt(vault::region_name(region));
    }
    return names.join(QStringLiteral(", "));
}
QString km_text(double value) {
    return FilterBar::tr("Within %1 km").arg(QLocale().toString(value, 'f', 0));
}

} // namespace

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent), add_(new QToolButton), menu_(new QMenu(this)), search_(new QLineEdit),
      chips_(new QWidget) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    add_->setText(tr("F&ilter"));
    add_->setIcon(icon(QStringLiteral("plus"), Tone::muted));
    add_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    add_->setPopupMode(QToolButton::InstantPopup);
    add_->setFocusPolicy(Qt::StrongFocus);
    add_->setMenu(menu_);
    add_->setAccessibleName(tr("Add a filter"));
    search_->setPlaceholderText(tr("Search names (Ctrl+F)"));
    search_->setAccessibleName(tr("Search names"));
    search_->setClearButtonEnabled(true);
    search_->setMaxLength(64);
    search_->setFixedWidth(space::field_width * 2 / 3);
    auto* label = new QLabel(tr("&Search"), this);
    set_role(label, QStringLiteral("caption"));
    label->setBuddy(search_);
    row->addWidget(label, 0, Qt::AlignTop);
    label->setMinimumHeight(space::control);
    row->addWidget(search_, 0, Qt::AlignTop);
    row->addWidget(add_, 0, Qt::AlignTop);
    // Last, for they may need several lines: nothing stands after them that Tab would go up to.
    chips_->setLayout(new FlowLayout(space::xs));
    QSizePolicy wide(QSizePolicy::Expanding, QSizePolicy::Preferred);
    wide.setHeightForWidth(true);
    chips_->setSizePolicy(wide);
    row->addWidget(chips_, 1);
    connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (to_utf8(text) != filter_.text) {
            filter_.text = to_utf8(text);
            Q_EMIT changed();
        }
    });
    make_menu();
    show_filter();
}

void FilterBar::make_menu() {
    add_regions();
    add_choices(tr("&Reputation"), &vault::Filter::min_reputation, {0.6, 0.8, 0.9, 0.95, 0.99},
                reputation_text);
    add_choices(tr("Free &capacity"), &vault::Filter::min_slots, {10, 50, 100, 500, 1000},
                slots_text);
    add_choices(tr("&Age"), &vault::Filter::min_age_days, {30, 90, 180, 365}, known_text);
    add_choices(tr("&Distance"), &vault::Filter::max_km, {250, 1000, 2500, 5000}, km_text);
    add_flags();
    menu_->addSeparator();
    QAction* eligible = menu_->addAction(tr("Only those that &may be chosen"));
    eligible->setCheckable(true);
    connect(eligible, &QAction::triggered, this, [this](bool on) {
        change([on](vault::Filter& filter) { filter.eligible_only = on; });
    });
    checks_ << [this, eligible] { eligible->setChecked(filter_.eligible_only); };
    menu_->addAction(tr("C&lear all"), this, &FilterBar::clear);
}

void FilterBar::add_regions() {
    QMenu* menu = menu_->addMenu(tr("Re&gion"));
    for (std::uint8_t region = 1; region < region_count; ++region) {
        QAction* action = menu->addAction(to_qt(vault::region_name(region)));
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, region](bool on) {
            change([region, on](vault::Filter& filter) {
                std::erase(filter.regions, region);
                if (on) {
                    filter.regions.push_back(region);
                }
            });
        });
        checks_ << [this, action, region] {
            action->setChecked(std::find(filter_.regions.begin(), filter_.regions.end(), region) !=
                               filter_.regions.end());
        };
    }
}

void FilterBar::add_choices(const QString& title, Choice member,
                            std::initializer_list<double> values,
                            const std::function<QString(double)>& text) {
    QMenu* menu = menu_->addMenu(title);
    const auto add = [&](const QString& name, std::optional<double> value) {
        QAction* action = menu->addAction(name);
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, member, value] {
            change([member, value](vault::Filter& filter) { filter.*member = value; });
        });
        checks_ << [this, action, member, value] { action->setChecked(filter_.*member == value); };
    };
    add(tr("Any"), std::nullopt);
    for (const double value : values) {
        add(text(value), value);
    }
}

void FilterBar::add_flags() {
    QMenu* menu = menu_->addMenu(tr("A&ttested"));
    for (const Flag& flag : required) {
        QAction* action = menu->addAction(flag_text(flag));
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, bit = flag.flag](bool on) {
            change([bit, on](vault::Filter& filter) {
                filter.required_flags =
                    static_cast<std::uint8_t>(on ? filter.required_flags | bit
                                                 : filter.required_flags & ~static_cast<int>(bit));
            });
        });
        checks_ << [this, action, bit = flag.flag] {
            action->setChecked((filter_.required_flags & bit) != 0);
        };
    }
}

void FilterBar::change(const std::function<void(vault::Filter&)>& edit) {
    const vault::Filter before = filter_;
    edit(filter_);
    show_filter();
    if (!(filter_ == before)) {
        Q_EMIT changed();
    }
}

void FilterBar::set_filter(const vault::Filter& filter) {
    filter_ = filter;
    show_filter();
}

void FilterBar::set_area(const std::optional<vault::Area>& area) {
    change([&area](vault::Filter& filter) { filter.area = area; });
}

void FilterBar::clear() {
    change([](vault::Filter& filter) { filter = {}; });
}

void FilterBar::add_chip(const QString& text, std::function<void(vault::Filter&)> remove) {
    QWidget* before = chips_->layout()->isEmpty()
                          ? add_
                          : chips_->layout()->itemAt(chips_->layout()->count() - 1)->widget();
    auto* chip = new QPushButton(text, chips_);
    chip->setProperty("kind", QStringLiteral("chip"));
    chip->setIcon(icon(QStringLiteral("close"), Tone::muted));
    chip->setLayoutDirection(Qt::RightToLeft); // the cross stands after the words
    chip->setAccessibleName(tr("Remove the filter %1").arg(text));
    chip->setToolTip(chip->accessibleName());
    connect(
        chip, &QPushButton::clicked, this,
        [this, remove = std::move(remove)] {
            add_->setFocus(Qt::OtherFocusReason); // the chip goes
            change(remove);
        },
        Qt::QueuedConnection);
    chips_->layout()->addWidget(chip);
    setTabOrder(before, chip);
}

void FilterBar::show_filter() {
    clear_layout(chips_->layout());
    if (!filter_.regions.empty()) {
        add_chip(regions_text(filter_.regions),
                 [](vault::Filter& filter) { filter.regions.clear(); });
    }
    const std::pair<Choice, QString (*)(double)> choices[] = {
        {&vault::Filter::min_reputation, reputation_text},
        {&vault::Filter::min_slots, slots_text},
        {&vault::Filter::min_age_days, known_text},
        {&vault::Filter::max_km, km_text}};
    for (const auto& [member, text] : choices) {
        if (filter_.*member) {
            add_chip(text(*(filter_.*member)),
                     [member = member](vault::Filter& filter) { (filter.*member).reset(); });
        }
    }
    for (const Flag& flag : required) {
        if ((filter_.required_flags & flag.flag) != 0) {
            add_chip(flag_text(flag), [bit = flag.flag](vault::Filter& filter) {
                filter.required_flags =
                    static_cast<std::uint8_t>(filter.required_flags & ~static_cast<int>(bit));
            });
        }
    }
    if (filter_.eligible_only) {
        add_chip(tr("May be chosen"), [](vault::Filter& filter) { filter.eligible_only = false; });
    }
    if (filter_.area) {
        add_chip(tr("Area on the map"), [](vault::Filter& filter) { filter.area.reset(); });
    }
    if (to_utf8(search_->text()) != filter_.text) {
        search_->setText(to_qt(filter_.text));
    }
    for (const auto& check : checks_) {
        check();
    }
}

} // namespace tau::ui
