#include "ui/vaults/chosen_vaults.h"

#include "core/vault/together.h"
#include "ui/common/flow_layout.h"
#include "ui/common/icons.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>

#include <algorithm>

namespace tau::ui {

ChosenVaults::ChosenVaults(Services& services, QWidget* parent)
    : QWidget(parent), services_(services), chips_(new QWidget),
      suggest_(make_button(tr("Use &three, far apart"), ButtonKind::quiet)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    auto* label = new QLabel(tr("Sealed to"), this);
    label->setMinimumHeight(space::control);
    row->addWidget(label, 0, Qt::AlignTop);
    chips_->setLayout(new FlowLayout(space::xs));
    QSizePolicy wide(QSizePolicy::Expanding, QSizePolicy::Preferred);
    wide.setHeightForWidth(true);
    chips_->setSizePolicy(wide);
    row->addWidget(chips_, 1);
    suggest_->setToolTip(
        tr("The best vaults from different networks, regions and operators, as far "
           "as there are such; operators are told apart by the domains of their "
           "addresses. The project goes on when one vault is gone. Each of them "
           "can read both repositories."));
    row->addWidget(suggest_, 0, Qt::AlignTop);
    connect(suggest_, &QPushButton::clicked, this, &ChosenVaults::suggestion_wanted);
}

void ChosenVaults::set_nodes(std::shared_ptr<const Nodes> nodes) {
    nodes_ = std::move(nodes);
    job_.drop();
    suggestion_job_.drop();
    const std::size_t before = choices_.size();
    std::erase_if(choices_, [this](const Choice& choice) {
        return !nodes_ || !vault::row_of(*nodes_->list.table, choice.key);
    });
    by_hand_ = by_hand_ && choices_.size() == before && !choices_.empty();
    update_all();
}

ChosenVaults::Choice ChosenVaults::choice_of(std::uint32_t row) const {
    return {.key = nodes_->list.table->key[row],
            .name = to_qt(nodes_->list.table->name(row)),
            .node = std::nullopt,
            .error = std::nullopt};
}

void ChosenVaults::follow_best(std::optional<std::uint32_t> row) {
    if (by_hand_ || !nodes_) {
        return;
    }
    const std::uint64_t key = row ? nodes_->list.table->key[*row] : 0;
    if (row ? choices_.size() == 1 && choices_.front().key == key : choices_.empty()) {
        return;
    }
    choices_.clear();
    if (row) {
        choices_.push_back(choice_of(*row));
    }
    update_all();
}

bool ChosenVaults::toggle(std::uint32_t row) {
    suggestion_job_.drop(); // the person's own choice goes first
    const std::uint64_t key = nodes_->list.table->key[row];
    if (has(key) && by_hand_) {
        remove(key);
        return true;
    }
    if (!by_hand_) {
        std::erase_if(choices_, [key](const Choice& choice) { return choice.key != key; });
        by_hand_ = true;
    }
    if (!has(key)) {
        if (choices_.size() == most) {
            return false;
        }
        choices_.push_back(choice_of(row));
    }
    update_all();
    return true;
}

void ChosenVaults::take_from(const std::vector<std::uint32_t>& candidates) {
    suggestion_job_.start(
        [&services = services_, nodes = nodes_, candidates](std::stop_token stop) {
            return vault::take_together(candidates, most, [&](std::uint32_t row) {
                return nodes->fetch(services, row, stop);
            });
        },
        [this](const Result<std::vector<vault::TakenNode>>& answer) {
            if (!answer) {
                Q_EMIT failed(answer.error());
                return;
            }
            choices_.clear();
            for (const vault::TakenNode& one : *answer) {
                choices_.push_back(choice_of(one.row));
                choices_.back().node = one.node;
            }
            by_hand_ = true;
            update_all();
        });
}

void ChosenVaults::remove(std::uint64_t key) {
    std::erase_if(choices_, [key](const Choice& choice) { return choice.key == key; });
    update_all();
}

bool ChosenVaults::has(std::uint64_t key) const {
    return std::any_of(choices_.begin(), choices_.end(),
                       [key](const Choice& choice) { return choice.key == key; });
}

std::vector<std::uint64_t> ChosenVaults::keys() const {
    std::vector<std::uint64_t> keys;
    for (const Choice& choice : choices_) {
        keys.push_back(choice.key);
    }
    return keys;
}

QString ChosenVaults::problem() const {
    if (choices_.empty()) {
        return tr("choose a vault.");
    }
    for (const Choice& choice : choices_) {
        if (choice.error) {
            return tr("the record of %1 could not be had. %2")
                .arg(choice.name, to_qt(choice.error->message));
        }
        if (!choice.node) {
            return tr("the record of %1 is being fetched.").arg(choice.name);
        }
    }
    return {};
}

void ChosenVaults::update_all() {
    show_chips();
    fetch();
    Q_EMIT changed();
}

void ChosenVaults::fetch() {
    struct Wanted {
        std::uint64_t key;
        std::uint32_t row;
    };
    std::vector<Wanted> wanted;
    for (const Choice& choice : choices_) {
        const auto row = choice.node || choice.error
                             ? std::nullopt
                             : vault::row_of(*nodes_->list.table, choice.key);
        if (row) {
            wanted.push_back({choice.key, *row});
        }
    }
    if (wanted.empty()) {
        return;
    }
    using Answers = std::vector<std::pair<std::uint64_t, Result<vault::ListedNode>>>;
    job_.start(
        [&services = services_, nodes = nodes_, wanted](std::stop_token stop) {
            Answers answers;
            for (const Wanted& one : wanted) {
                answers.emplace_back(one.key, nodes->fetch(services, one.row, stop));
            }
            return answers;
        },
        [this](Answers answers) {
            for (auto& [key, answer] : answers) {
                const auto choice =
                    std::find_if(choices_.begin(), choices_.end(),
                                 [key = key](const Choice& one) { return one.key == key; });
                if (choice == choices_.end()) {
                    continue;
                }
                if (answer) {
                    choice->node = std::move(*answer);
                } else {
                    choice->error = answer.error();
                }
            }
            Q_EMIT changed();
        });
}

void ChosenVaults::show_chips() {
    clear_layout(chips_->layout());
    for (const Choice& choice : choices_) {
        auto* chip = new QPushButton(choice.name, chips_);
        chip->setProperty("kind", QStringLiteral("chip"));
        const bool removable = by_hand_;
        if (removable) {
            chip->setIcon(icon(QStringLiteral("close"), Tone::muted));
            chip->setLayoutDirection(Qt::RightToLeft); // the cross stands after the words
        }
        chip->setAccessibleName(removable ? tr("Do not use %1").arg(choice.name)
                                          : tr("%1, the best: show it").arg(choice.name));
        chip->setToolTip(chip->accessibleName());
        connect(
            chip, &QPushButton::clicked, this,
            [this, removable, key = choice.key] {
                if (removable) {
                    suggest_->setFocus(Qt::OtherFocusReason); // the chip goes
                    remove(key);
                } else {
                    Q_EMIT look_wanted(key);
                }
            },
            Qt::QueuedConnection);
        chips_->layout()->addWidget(chip);
        put_before(chip, suggest_);
    }
    if (choices_.empty() || !by_hand_) {
        auto* note = make_label(choices_.empty() ? tr("none yet") : tr("the best for your wishes"),
                                QStringLiteral("caption"));
        note->setWordWrap(false);
        note->setMinimumHeight(space::xl);
        chips_->layout()->addWidget(note);
    }
}

} // namespace tau::ui
