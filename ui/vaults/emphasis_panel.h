#pragma once

#include "core/vault/place.h"
#include "core/vault/ranking/ranking.h"

#include <QComboBox>
#include <QSlider>
#include <QWidget>

#include <array>

namespace tau::ui {

/// What matters in a vault: three sliders, and the place that distances are measured from.
class EmphasisPanel : public QWidget {
    Q_OBJECT
public:
    explicit EmphasisPanel(QWidget* parent = nullptr);
    vault::Emphasis emphasis() const;
    std::optional<vault::Place> place() const;
    QString city() const; ///< empty: nowhere
    /// An unknown city leaves the place as it is.
    void set_city(const QString& name);
    QWidget* first_input() const { return sliders_[0]; }

Q_SIGNALS:
    void changed();

private:
    std::array<QSlider*, 3> sliders_{};
    QComboBox* place_;
};

} // namespace tau::ui
