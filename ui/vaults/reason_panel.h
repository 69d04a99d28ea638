#pragma once

#include "core/vault/network.h"
#include "core/vault/ranking/ranking.h"
#include "ui/common/key_label.h"
#include "ui/common/page.h"

#include <QLabel>

#include <array>

namespace tau::ui {

/// A bar from 0 to 1 with its name and the value it stands for.
class ScoreBar : public QWidget {
    Q_OBJECT
public:
    explicit ScoreBar(const QString& name, QWidget* parent = nullptr);
    void set_value(double share, const QString& text);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString name_;
    double share_ = 0;
    QString text_;
};

/// Why a node has its rank: one bar a factor, the sentence, and the node's key.
class ReasonPanel : public Card {
    Q_OBJECT
public:
    explicit ReasonPanel(QWidget* parent = nullptr);
    void show_node(int rank, const vault::Explanation& found, const vault::ListedNode& node);
    void show_nothing();

private:
    QLabel* name_;
    QLabel* rank_;
    std::array<ScoreBar*, vault::factor_count> bars_{};
    QLabel* reason_;
    QLabel* key_caption_;
    KeyLabel* key_;
    KeyLabel* id_;
    QLabel* expires_;
    QWidget* details_;
};

} // namespace tau::ui
