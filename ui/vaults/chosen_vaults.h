#pragma once

#include "ui/common/node_shelf.h"

#include <QPushButton>
#include <QWidget>

namespace tau::ui {

/// The vaults that one project will use, as chips that can be taken away. Until somebody chooses,
/// it is the best one. Their full records are fetched here, because nothing is sealed to a node
/// whose record did not verify.
class ChosenVaults : public QWidget {
    Q_OBJECT
public:
    static constexpr std::size_t most = project::max_vaults;
    struct Choice {
        std::uint64_t key = 0;
        QString name;
        std::optional<vault::ListedNode> node; ///< once fetched
        std::optional<Error> error;            ///< when it could not be
    };

    explicit ChosenVaults(Services& services, QWidget* parent = nullptr);
    /// Other nodes: choices that are not among them are dropped.
    void set_nodes(std::shared_ptr<const Nodes> nodes);
    /// The best row now; nullopt when none may be chosen.
    void follow_best(std::optional<std::uint32_t> row);
    /// Chooses or drops it; a first choice by hand replaces the one that was only the best. False
    /// when there are three already.
    bool toggle(std::uint32_t row);
    /// Chooses three of these rows, best first, as far as can be of different operators; failed()
    /// when their records cannot be had.
    void take_from(const std::vector<std::uint32_t>& candidates);
    bool has(std::uint64_t key) const;
    const std::vector<Choice>& choices() const { return choices_; }
    std::vector<std::uint64_t> keys() const;
    /// Why these will not do, as the end of a sentence; empty when they will.
    QString problem() const;

Q_SIGNALS:
    void changed();
    void suggestion_wanted();
    void look_wanted(quint64 key);
    void failed(const tau::Error& error);

private:
    Choice choice_of(std::uint32_t row) const;
    void remove(std::uint64_t key);
    void update_all();
    void fetch();
    void show_chips();

    Services& services_;
    std::shared_ptr<const Nodes> nodes_;
    std::vector<Choice> choices_;
    bool by_hand_ = false;
    QWidget* chips_;
    QPushButton* suggest_;
    Job job_;
    Job suggestion_job_;
};

} // namespace tau::ui
