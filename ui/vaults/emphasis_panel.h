#pragma once

#include "core/vault/ranking/ranking.h"
#include "ui/vaults/histogram_view.h"

#include <QComboBox>
#include <QLabel>
#include <QSlider>
#include <QWidget>

#include <array>

namespace tau::ui {

/// What matters in a vault: three sliders, each under the histogram of what it weighs, and the
/// place that distances are measured from.
class EmphasisPanel : public QWidget {
    Q_OBJECT
public:
    explicit EmphasisPanel(QWidget* parent = nullptr);
    vault::Emphasis emphasis() const;
    void set_emphasis(const vault::Emphasis& emphasis); ///< tells nobody
    std::optional<vault::Place> place() const;
    QString city() const; ///< empty: nowhere, or a point on the map
    /// A city, else a point, else nowhere; tells nobody.
    void set_place(const QString& city, const std::optional<vault::Place>& point);
    /// The spread over what is listed; null takes it away.
    void show_histograms(vault::Ranking* ranking);
    QWidget* first_input() const { return sliders_[0]; }

Q_SIGNALS:
    void changed();
    /// "A point on the map" was picked: the next click there says where.
    void point_wanted();

private:
    void add_slider(std::size_t index, const QString& name);
    void add_place();
    void place_activated(int index);

    std::array<QSlider*, 3> sliders_{};
    std::array<QLabel*, 3> words_{};
    std::array<HistogramView*, 3> histograms_{};
    QComboBox* place_;
    std::optional<vault::Place> point_;
    int shown_place_ = 0;
};

} // namespace tau::ui
