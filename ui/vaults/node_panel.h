#pragma once

#include "core/vault/ranking/ranking.h"
#include "ui/common/key_label.h"
#include "ui/common/page.h"
#include "ui/vaults/score_bar.h"

#include <QFormLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

#include <array>

namespace tau::ui {

/// One vault: why it stands where it does (one bar a factor, and the sentence), and what its
/// record says once it is fetched and verified.
class NodePanel : public Card {
    Q_OBJECT
public:
    explicit NodePanel(bool choosing, QWidget* parent = nullptr);

    struct Standing {
        QString rank; ///< "3"; empty: the filters hide it
        bool chosen = false;
        bool pinned = false;
        bool compared = false;
    };
    void show_row(vault::Ranking& ranking, std::uint32_t row, const Standing& standing);
    void show_fetching();
    /// `listed`: by the network, not only added by hand.
    void show_record(const vault::ListedNode& node, bool listed);
    void show_problem(const Error& error);
    void show_nothing(const QString& advice);
    /// Extra actions, beside those of its own (copying).
    QMenu* menu() const { return menu_; }
    QPushButton* use_button() const { return use_; }

Q_SIGNALS:
    void use_wanted();
    void pin_wanted(bool on);
    void compare_wanted(bool on);

private:
    void add_actions(bool choosing);
    void add_keys(QVBoxLayout* body);
    void copy(const std::string& text);

    QLabel* name_;
    QLabel* rank_;
    std::array<ScoreBar*, vault::factor_count> bars_{};
    QLabel* reason_;
    QPushButton* use_;
    QPushButton* pin_;
    QPushButton* compare_;
    QToolButton* more_;
    QMenu* menu_;
    QWidget* details_;
    QWidget* keys_;
    KeyLabel* key_;
    KeyLabel* id_;
    KeyLabel* endpoint_;
    QLabel* record_;
    QList<QAction*> copies_;
    std::string record_text_;
};

} // namespace tau::ui
